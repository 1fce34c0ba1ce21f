"""Asynchronous work: made when it is paid for, finished by the clock, seen only by who paid."""
