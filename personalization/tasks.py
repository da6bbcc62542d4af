"""What the worker does when the queue says "look for work"."""

from procrastinate import JobContext
from procrastinate.contrib.django import app

from personalization.imports import upload
from personalization.models import LabelImport


@app.task(queue="batch", name="import_labels")
def import_uploaded_labels(import_id: int) -> None:
    """Import one confirmed upload."""
    upload.run(LabelImport.objects.select_related("study").get(pk=import_id))


@app.periodic(cron="* * * * *")
@app.task(queue="batch", name="retry_stalled", queueing_lock="retry_stalled", pass_context=True)
async def retry_stalled(context: JobContext, timestamp: int) -> None:
    """Hand jobs of killed workers to living ones: a killed job stays `doing` by itself."""
    manager = context.app.job_manager
    for job in await manager.get_stalled_jobs(seconds_since_heartbeat=60):
        await manager.retry_job(job)
