"""What the worker does when the queue says "look for work"."""

from procrastinate import JobContext
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob
from procrastinate.jobs import Status

from annotation import lanes, raising, waves
from annotation.models import Study
from annotation.work import LIVE
from personalization import trials
from personalization.agreement.report.cache import fresh
from personalization.imports import upload
from personalization.judge import running, runs, upkeep
from personalization.judge.jobs import JOB
from personalization.live import STEPS, find
from personalization.models import LabelImport
from personalization.pipeline import running as arm_running
from personalization.pipeline import runs as arm_runs
from personalization.pipeline.jobs import JOB as ARM_JOB
from personalization.steps import do

HOUR = 3600
# Jobs that carry no work of their own: another one that does the same follows by itself.
FOUND_ANYWAY = {
    "find_work",
    "find_judge_runs",
    "find_arm_runs",
    "keep_baselines",
    "forget_unconfirmed",
    "tend_places",
    JOB,
    ARM_JOB,
    *(f"look_for_{step}" for step in STEPS),
}


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
        if job.task_name in FOUND_ANYWAY:
            # Its work is found by its rows; by now another job may hold its lock.
            await manager.finish_job(job, Status.ABORTED, delete_job=True)
        elif job.task_name != context.job.task_name:
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


@app.task(queue=LIVE, name=trials.TASK)
async def try_endpoint(endpoint_id: int, attempt: int) -> None:
    """Ask an endpoint one short question: somebody has pressed Test."""
    await trials.carry_out(endpoint_id, attempt)


@app.task(queue="batch", name="lay_places")
def lay_places(study_id: int, stage: str) -> None:
    """Let the sheets of a stage follow a plan that was changed; begun again, it does what is left."""
    raising.follow(Study.objects.get(pk=study_id), stage)


@app.task(queue="batch", name=JOB)
async def judge_run(run_id: int) -> None:
    """Carry a judge's run on for a while; the run gets another job where more is left."""
    await running.carry_on(run_id)


@app.periodic(cron="* * * * *")
@app.task(queue="batch", name="find_judge_runs", queueing_lock="find_judge_runs")
def find_judge_runs(timestamp: int) -> None:
    """Give runs whose job is gone another one."""
    runs.look_for_abandoned()


@app.task(queue="batch", name=ARM_JOB)
async def arm_run(run_id: int) -> None:
    """Carry an arm's run on for a while; the run gets another job where more is left."""
    await arm_running.carry_on(run_id)


@app.periodic(cron="* * * * *")
@app.task(queue="batch", name="find_arm_runs", queueing_lock="find_arm_runs")
def find_arm_runs(timestamp: int) -> None:
    """Give runs of arms whose job is gone another one."""
    arm_runs.look_for_abandoned()


@app.periodic(cron="* * * * *")
@app.task(queue="batch", name="keep_baselines", queueing_lock="keep_baselines")
def keep_baselines(timestamp: int) -> None:
    """Let the baselines answer what is new; once an hour, look at every question."""
    upkeep.keep_up(everything=timestamp % HOUR == 0)


@app.task(queue=LIVE, name="look_for_reply")
async def look_for_reply(about: int | None = None) -> None:
    """Answer a message; whom it is about is a Turn."""
    await do(STEPS["reply"], about)


@app.task(queue=LIVE, name="look_for_extraction")
async def look_for_extraction(about: int | None = None) -> None:
    """Read a conversation; whom it is about is an Enrollment."""
    await do(STEPS["extraction"], about)


@app.task(queue=LIVE, name="look_for_merging")
async def look_for_merging(about: int | None = None) -> None:
    """Put together what was found about a person."""
    await do(STEPS["merging"], about)


@app.task(queue=LIVE, name="look_for_pointing")
async def look_for_pointing(about: int | None = None) -> None:
    """Look for the evidence of an attribute."""
    await do(STEPS["pointing"], about)


@app.task(queue=LIVE, name="look_for_revision")
async def look_for_revision(about: int | None = None) -> None:
    """Check an attribute, or write it anew."""
    await do(STEPS["revision"], about)


@app.task(queue=LIVE, name="look_for_pairing")
async def look_for_pairing(about: int | None = None) -> None:
    """Choose queries for a person; whom it is about is an Enrollment."""
    await do(STEPS["pairing"], about)


@app.task(queue=LIVE, name="look_for_generation")
async def look_for_generation(about: int | None = None) -> None:
    """Write a response; whom it is about is an Enrollment."""
    await do(STEPS["generation"], about)


@app.periodic(cron="* * * * *")
@app.task(queue=LIVE, name="find_work", queueing_lock="find_work")
def find_work(timestamp: int) -> None:
    """Find work whose job was lost, and what killed workers have left."""
    find()


@app.periodic(cron="* * * * *")
@app.task(queue="batch", name="tend_places", queueing_lock="tend_places")
def tend_places(timestamp: int) -> None:
    """Free places whose time is over, and open comparisons that were to open and did not."""
    while lanes.expire() == lanes.OVERDUE:
        pass
    waves.find_missed()
