"""Flags that users of other training scripts know: what they are called here."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import fields, is_dataclass
from typing import Any, Literal, get_args, get_origin, get_type_hints

ALSO_KNOWN_AS = {
    "learning_rate": "lr base_lr max_lr peak_lr init_lr g_lr d_lr lr_g lr_d step_size",
    "num_epochs": "epochs epoch n_epochs nepochs num_train_epochs max_epochs niter train_epochs",
    "max_steps": "steps max_train_steps num_steps num_train_steps train_steps total_steps n_steps "
    "max_iters iters iterations num_iterations n_iter train_iters",
    "batch_size": "bs b batch batchsize n_batch train_batch_size per_device_train_batch_size minibatch_size",
    "latent_dim": "nz z zdim z_dim dim_z latent latents latent_size latent_dims latent_channels n_latent "
    "code_dim code_size bottleneck",
    "hidden_dim": "hidden hidden_size hidden_dims hidden_units h_dim width",
    "num_layers": "layers n_layers depth",
    "image_size": "resolution res size img_size imsize imgsize im_size load_size input_size",
    "in_channels": "channels nc img_channels image_channels num_channels n_channels input_nc output_nc",
    "base_channels": "ngf ndf nf filters features num_filters model_channels unet_dim",
    "num_blocks": "n_blocks num_res_blocks res_blocks layers_per_block",
    "architecture": "arch backbone net network",
    "num_classes": "n_classes classes nclass",
    "dataset": "data dataset_name train_data_dir train_data data_path dataset_path dataroot data_root "
    "datadir image_dir image_folder images img_dir train_dir input_dir folder path root",
    "output_dir": "out output outdir out_dir save_dir save_path result_dir results_dir checkpoints_dir "
    "logdir log_dir logging_dir run_dir workdir exp_dir ckpt_dir exp_name run_name",
    "dataloader_num_workers": "workers num_workers n_workers n_cpu j num_threads",
    "gradient_accumulation_steps": "accum_steps accumulate accumulation_steps gradient_accumulation "
    "grad_accum grad_accumulation_steps gradient_accumulate_every",
    "warmup_steps": "warmup lr_warmup lr_warmup_steps num_warmup_steps warmup_iters",
    "weight_decay": "wd decay adam_weight_decay",
    "max_grad_norm": "clip clip_grad grad_clip grad_norm clip_grad_norm gradient_clipping gradient_clip_val",
    "ema_decay": "ema use_ema ema_rate ema_beta ema_max_decay ema_momentum",
    "mixed_precision": "fp16 bf16 amp precision dtype half use_fp16 use_amp",
    "seed": "manual_seed manualseed random_seed rng_seed random_state",
    "checkpointing_steps": "save_every save_steps save_freq save_interval save_epoch_freq checkpoint_every "
    "ckpt_every checkpoint_steps snap",
    "checkpoints_total_limit": "save_total_limit max_checkpoints keep_checkpoints save_top_k",
    "resume_from_checkpoint": "resume resume_from resume_path continue continue_train ckpt checkpoint load",
    "pretrained_model_name_or_path": "pretrained weights init_from from_pretrained finetune finetune_from "
    "model_path model_name_or_path load_weights",
    "logging_steps": "log_every log_interval log_freq log_steps log_every_n_steps print_freq print_every",
    "num_snapshots": "sample_every sample_interval sample_freq sample_steps display_freq save_images_epochs "
    "save_image_every save_and_sample_every n_samples num_samples",
    "validation_share": "eval_every eval_steps eval_freq val_every val_interval validation_steps "
    "validation_epochs evaluation_strategy",
    "report_to": "logger log_with wandb use_wandb tensorboard use_tensorboard tracker trackers",
    "push_to_hub": "push upload hub upload_to_hub",
    "push_every_checkpoint": "hub_strategy push_checkpoints push_every",
    "hub_model_id": "repo repo_id hub_repo hub_id hub_repo_id hub_name model_id",
    "hub_private": "private hub_private_repo private_repo",
    "beta": "kl_weight kld_weight kl_coef beta_kl beta_vae",
    "kl_warmup_steps": "kl_anneal kl_annealing kl_warmup beta_warmup anneal_steps",
    "num_timesteps": "timesteps t n_timesteps diffusion_steps num_diffusion_steps ddpm_num_steps "
    "num_train_timesteps noise_steps",
    "num_inference_steps": "sampling_steps sampling_timesteps ddim_steps ddpm_num_inference_steps",
    "schedule": "beta_schedule noise_schedule ddpm_beta_schedule",
    "prediction": "prediction_type objective parameterization pred_type predict",
    "guidance": "guidance_scale cfg cfg_scale guidance_weight",
    "lambda_cycle": "lambda_a lambda_b lambda_cyc cycle_weight cycle_lambda",
    "lambda_identity": "lambda_idt lambda_id identity_weight id_weight",
    "lambda_self": "lambda_reg self_regularization self_regularization_weight",
    "num_d_steps": "n_critic num_critic critic_iters d_steps disc_steps",
    "r1_weight": "r1 r1_gamma gamma gp_weight lambda_gp gradient_penalty",
    "sparsity_weight": "l1 l1_weight sparsity sparsity_penalty",
    "streaming": "stream",
    "max_resident_gb": "cache cache_images in_memory memory_limit",
}
"""flag, without the part of the config before its point -> its names elsewhere, with underscores"""
SAYINGS = {
    "device gpu gpus gpu_id gpu_ids cuda use_cuda use_gpu": "a GPU is used where there is one; "
    "--cpu does without",
    "no_cuda use_cpu no_gpu": "that is --cpu",
    "hub_token token hf_token use_auth_token": "run `hf auth login`, or set HF_TOKEN",
    "num_processes num_gpus ngpus nproc_per_node world_size local_rank": "that is the launcher's: "
    "accelerate launch --multi_gpu --num_processes N -m training.…",
    "optimizer optim beta1 beta2 b1 b2 adam_epsilon momentum": "the optimizer is "
    "AdamW, with betas that each script says in its source",
}
"""names elsewhere -> what there is in their place"""
OURS = {name: ours for ours, names in ALSO_KNOWN_AS.items() for name in names.split()}
SAID = {name: saying for names, saying in SAYINGS.items() for name in names.split()}


def flags_of(config_class: type, prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Each flag of a script as it is typed, without --, and its type."""
    hints = get_type_hints(config_class)
    for one in fields(config_class):
        if is_dataclass(hints[one.name]):
            yield from flags_of(hints[one.name], f"{prefix}{one.name}.")
        else:
            yield prefix + one.name, hints[one.name]


def foreign_flags(arguments: Sequence[str], config_class: type) -> list[str]:
    """For each flag that is another script's name for one of this script: half a sentence that says ours.

    What is merely mistyped is left to the parser, which names what is most like it.
    """
    ours = dict(flags_of(config_class))
    found = []
    for argument in arguments:
        if not re.match("--?[A-Za-z]", argument):
            continue
        typed = argument.split("=")[0]
        name = typed.lstrip("-").replace("-", "_")
        if name in ours or re.sub(r"(^|\.)no_(\w+)$", r"\1\2", name) in ours or name in ("h", "help"):
            continue
        leaf = name.lower().rpartition(".")[2]
        meant = OURS.get(leaf, leaf)
        here = [_shown(flag, kind) for flag, kind in ours.items() if flag.rpartition(".")[2] == meant]
        if here:
            found.append(f"{typed} is {' or '.join(here)} here")
        elif leaf in SAID:
            found.append(f"there is no {typed}: {SAID[leaf]}")
    return found


def _shown(flag: str, kind: Any) -> str:
    """A flag, with its choices if it has some."""
    choices = f" {'|'.join(map(str, get_args(kind)))}" if get_origin(kind) is Literal else ""
    return f"--{flag}{choices}"
