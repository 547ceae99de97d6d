"""The print agent: a process beside a printer that dials out to the server and prints each job once.

protocol (frames, pure) · ledger (which jobs were begun and how they ended) · jobs (what to do with a job, given the
ledger) · agent (the connection, the printing, the watching) · enrolment · command (the command line).
"""

from kiosk.agent.agent import AgentSettings, run_agent

__all__ = ["AgentSettings", "run_agent"]
