"""What the worker does when the queue says "look for work"."""

from procrastinate import JobContext
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from personalization.agreement.report.cache import fresh
from personalization.imports import upload
from personalization.models import LabelImport


@app.task(queue="batch", name="import_labels")
def import_uploaded_labels(import_id: int) -> None:
    """Import one confirmed upload, and compute its report before anybody has to wait for it."""
    one = LabelImport.objects.select_related("study").get(pk=import_id)
    upload.run(one)
    if one.question is not None:
        fresh(one.question)


@app.periodic(cron="* * * * *")
@app.task(queue="batch", name="retry_stalled", queueing_lock="retry_stalled", pass_context=True)
async def retry_stalled(context: JobContext, timestamp: int) -> None:
    """Hand jobs of killed workers to living ones: a killed job stays `doing` by itself.

    A worker that is told to stop gives up a job for good instead: its import is found by its state.
    """
    manager = context.app.job_manager
    for job in await manager.get_stalled_jobs(seconds_since_heartbeat=60):
        if job.task_name != context.job.task_name:
            await manager.retry_job(job)
    jobs = ProcrastinateJob.objects.filter(task_name="import_labels", status__in=("todo", "doing"))
    under_way = [pk async for pk in jobs.values_list("args__import_id", flat=True)]
    waiting = LabelImport.objects.filter(confirmed_at__isnull=False, finished_at=None)
    async for abandoned in waiting.exclude(pk__in=under_way):
        await import_uploaded_labels.defer_async(import_id=abandoned.pk)


@app.periodic(cron="0 3 * * *")
@app.task(queue="batch", name="forget_unconfirmed", queueing_lock="forget_unconfirmed")
def forget_unconfirmed_uploads(timestamp: int) -> None:
    """Delete uploads that nobody confirmed: their files hold people's texts."""
    upload.forget_unconfirmed()
