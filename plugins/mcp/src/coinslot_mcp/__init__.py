"""Serves a generated client to agents as MCP tools."""
