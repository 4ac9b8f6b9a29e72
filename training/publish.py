"""Push models and the lab itself to the Hub: `python -m training.publish --space NAME/lab [--dry_run]`.

Each folder of `space/pretrained/` goes to the repository NAME/<folder>. With `--space` the working tree goes
to the Space. Each push is one commit, and files that the Hub has already are not sent. `--namespace NAME`
alone pushes only the models, `--folder` one model folder from anywhere, `--datasets NAME …` data sets of
ours. Needs a token with write access: `hf auth login`, or the variable HF_TOKEN.
"""

import sys
from dataclasses import dataclass
from pathlib import Path

import tyro

from space.weights.hub import BUNDLED
from space.weights.proxies import ProxyError, use_proxies
from training.publish_data import data_files, plan_data, push_data
from training.push import PublishError, check_folder, edited_sentence, plan_push, push_folder, with_owner
from training.space_files import git_files, plan_space, push_space, set_variable

PROJECT = Path(__file__).parents[1]


@dataclass(frozen=True)
class PublishConfig:
    """Push the shipped models to the Hub, a repository each, and the lab to a Space."""

    space: str = ""
    """OWNER/NAME of the Space to create or update; '': push no Space"""
    namespace: str = ""
    """user or organisation that the models are pushed to; '': the owner of the Space"""
    folder: Path | None = None
    """a model folder to push, such as a run's output_dir, in place of all those of pretrained_dir"""
    hub_model_id: str = ""
    """NAMESPACE/NAME for `folder`; default: your account and the folder's name"""
    models: tuple[str, ...] = ()
    """names of the model folders to push; default: all"""
    datasets: tuple[str, ...] = ()
    """data sets of ours to push to `namespace`, such as twemoji2fluent, in place of models"""
    data_dir: Path = Path("data")
    """folder that holds the data sets"""
    pretrained_dir: Path = BUNDLED
    """folder that holds the model folders"""
    project_dir: Path = PROJECT
    """working tree that becomes the Space"""
    private: bool = False
    """make new repositories private"""
    overwrite_card: bool = False
    """replace model cards that were edited on the Hub"""
    overwrite_space: bool = False
    """replace files of the Space that were edited on the Hub"""
    dry_run: bool = False
    """show what would change and send nothing"""


def publish(config: PublishConfig) -> None:
    """Push the models and the Space of `config`. Checks all folders first. Raises `PublishError`."""
    if config.folder:
        return _publish_folder(config)
    if config.datasets:
        return _publish_data(config)
    if not config.space and not config.namespace:
        raise PublishError("Nothing to do: give --space OWNER/NAME, --namespace NAME, or --folder FOLDER.")
    here = sorted(path.name for path in config.pretrained_dir.glob("*") if path.is_dir())
    if not here:
        raise PublishError(f"{config.pretrained_dir} holds no model folders.")
    if unknown := set(config.models) - set(here):
        raise PublishError(f"There is no model {min(unknown)}; choose from: {', '.join(here)}.")
    folders = [config.pretrained_dir / name for name in config.models or here]
    for folder in folders:
        check_folder(folder)
    space = with_owner(config.space) if config.space else ""
    owner = space.split("/")[0]
    namespace, private = config.namespace or owner, config.private or None
    repo_ids = [f"{namespace}/{name}" for name in here]
    plan = plan_space(config.project_dir, space, repo_ids) if space else None
    if plan and plan.edited and not config.overwrite_space and not config.dry_run:
        raise PublishError(f"{space} was not pushed: {edited_sentence(plan)}.")
    for folder in folders:
        repo_id = f"{namespace}/{folder.name}"
        if config.dry_run:
            print(plan_push(folder, repo_id, config.overwrite_card, space))
        else:
            print(push_folder(folder, repo_id, private, config.overwrite_card, space=space))
    if not plan:
        return
    for path in git_files(config.project_dir, "--others", "--exclude-standard"):
        print(f"git does not track {path}: the Space does not get it")
    if config.dry_run:
        print(plan)
    else:
        print(push_space(config.project_dir, space, repo_ids, private, config.overwrite_space))
    if namespace != owner:  # without the variable a Space loads models of its owner
        print(f"{space}: MODEL_NAMESPACE = {namespace}")
        if not config.dry_run:
            set_variable(space, "MODEL_NAMESPACE", namespace)


def _publish_folder(config: PublishConfig) -> None:
    if config.space or config.namespace or config.models or config.datasets:
        raise PublishError(
            "--folder goes with --hub_model_id, not with --space, --namespace, --models or --datasets."
        )
    repo_id = config.hub_model_id or config.folder.resolve().name
    if config.dry_run:
        print(plan_push(config.folder, with_owner(repo_id), config.overwrite_card))
    else:
        print(push_folder(config.folder, repo_id, config.private or None, config.overwrite_card))


def _publish_data(config: PublishConfig) -> None:
    if config.space or config.models or not config.namespace:
        raise PublishError("--datasets goes with --namespace NAME, not with --space or --models.")
    repositories = {f"{config.namespace}/{name}": name for name in config.datasets}
    # all are found before the first is sent
    contents = {repo_id: data_files(name, config.data_dir, repo_id) for repo_id, name in repositories.items()}
    for repo_id, content in contents.items():
        if config.dry_run:
            print(plan_data(content, repo_id))
        else:
            print(push_data(content, repo_id, config.private or None))


if __name__ == "__main__":
    try:
        use_proxies()
        publish(tyro.cli(PublishConfig, description=__doc__, use_underscores=True))
    except (PublishError, ProxyError) as error:
        sys.exit(str(error))
