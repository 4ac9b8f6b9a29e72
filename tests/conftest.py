"""What all tests share: one thread, no network."""

import os

os.environ.update(GRADIO_ANALYTICS_ENABLED="False", HF_HUB_OFFLINE="1", OMP_NUM_THREADS="1")
for name in ("MODEL_NAMESPACE", "MODEL_REVISION", "SPACE_AUTHOR_NAME"):
    os.environ.pop(name, None)

import torch  # noqa: E402  after the environment is set

torch.set_num_threads(1)
