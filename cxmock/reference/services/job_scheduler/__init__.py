"""Job Scheduler (port 3006): list-automation jobs, run when they are due or when somebody asks."""

from cxmock.reference.services.job_scheduler.job_scheduler import JobScheduler, build

__all__ = ["JobScheduler", "build"]
