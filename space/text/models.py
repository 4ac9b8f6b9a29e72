"""Texts of the models tab."""

TEXT = {
    "models.tab": ("Models", "모델"),
    "models.intro": (
        "Every model of this lab: where its weights come from, what was measured, and how it learned. The "
        "same folders can be published to the Hub and load in three lines of Python.",
        "실험실의 모든 모델입니다. 가중치의 출처, 측정한 수치와 그 방법, 학습 과정을 볼 수 있습니다. 같은 "
        "폴더를 Hub에 올리고 파이썬 세 줄로 불러올 수 있습니다.",
    ),
    "models.name": ("Model", "모델"),
    "models.source": ("Source", "출처"),
    "models.parameters": ("Parameters", "매개변수"),
    "models.size": ("Size", "크기"),
    "models.licence": ("Licence", "라이선스"),
    "models.choose": ("Look at one model", "모델 자세히 보기"),
    "models.metrics": ("Measured figures", "측정한 수치"),
    "models.no_metrics": ("No figures come with this model.", "이 모델에는 측정한 수치가 없습니다."),
    "models.metric": ("Figure", "지표"),
    "models.value": ("Value", "값"),
    "models.protocol": ("Protocol", "측정 방법"),
    "models.history": ("Training history", "학습 곡선"),
    "models.no_history": ("No training history comes with this model.", "이 모델에는 학습 기록이 없습니다."),
    "models.train": ("training loss", "학습 손실"),
    "models.test": ("test loss", "테스트 손실"),
    "models.loss_d": ("discriminator's loss", "판별자 손실"),
    "models.loss_g": ("generator's loss", "생성자 손실"),
    "models.l1_ab": ("L1 to the counterpart, A → B", "짝 이미지와의 L1, A → B"),
    "models.l1_ba": ("L1 to the counterpart, B → A", "짝 이미지와의 L1, B → A"),
    "models.step": ("step", "스텝"),
    "models.alt.sample": (
        "What {model} made at step {step} of its training",
        "{model} 모델이 학습 {step}스텝에서 만든 그림",
    ),
    "models.samples": ("Through training", "학습 중의 변화"),
    "models.samples.note": (
        "The same test images (and the same latent vectors) at each step; move the slider.",
        "같은 테스트 이미지(와 같은 잠재 벡터)를 학습 단계마다 그린 것입니다. 슬라이더를 움직여 보세요.",
    ),
    "models.no_samples": (
        "No pictures of its training come with this model.",
        "이 모델에는 학습 중의 그림이 없습니다.",
    ),
    "models.config": ("Configuration", "설정"),
    "models.own": (
        "## A model of your own\n\nWhatever `training` has left in a folder, and whatever somebody has "
        "pushed to the Hub: any autoencoder, VAE, GAN, DCGAN, diffusion model, PixelCNN, CycleGAN or "
        "classifier of this lab, in grey or colour, of any size.",
        "## 내 모델 보기\n\n`training`으로 학습해 폴더에 남은 모델이나 누군가 Hub에 올린 모델을 봅니다. 이 "
        "실험실의 오토인코더, VAE, GAN, DCGAN, 확산 모델, PixelCNN, CycleGAN, 분류기라면 흑백이든 컬러든, "
        "크기가 얼마든 볼 수 있습니다.",
    ),
    "models.own.lessons": ("In the lessons:", "수업에서 보기:"),
    "models.own.name": ("Folder or repository", "폴더 또는 저장소"),
    "models.own.name.info": (
        "Choose a folder of MODELS_DIR, or paste the id or the address of a repository on the Hub.",
        "MODELS_DIR의 폴더를 고르거나, Hub 저장소의 ID 또는 주소를 붙여 넣으세요.",
    ),
    "models.own.open": ("Open", "열기"),
    "models.own.number": ("Samples", "표본 수"),
    "models.own.seed": ("Seed", "시드"),
    "models.own.upload": ("A picture for the model", "모델에 보여 줄 그림"),
    "models.own.no_dir": (
        "MODELS_DIR is not set, so that no folders are listed. To see the models in runs/: MODELS_DIR=runs "
        "python app.py",
        "MODELS_DIR이 설정되어 있지 않아 폴더 목록이 비어 있습니다. runs/의 모델을 보려면 다음과 같이 "
        "실행하세요: MODELS_DIR=runs python app.py",
    ),
    "models.own.not_dir": (
        "MODELS_DIR names {folder}, which is no folder.",
        "MODELS_DIR이 가리키는 {folder}은(는) 폴더가 아닙니다.",
    ),
    "models.own.empty": (
        "MODELS_DIR names {folder}, which holds no complete model folder yet: a run writes config.json and "
        "model.safetensors at its end.",
        "MODELS_DIR이 가리키는 {folder}에는 완성된 모델 폴더가 아직 없습니다. config.json과 "
        "model.safetensors는 학습이 끝날 때 만들어집니다.",
    ),
    "models.own.found": ("Models in {folder}: {count}.", "{folder}에 있는 모델: {count}개."),
    "models.own.shape": ("Pictures", "그림"),
    "models.own.shape.grey": ("{size}×{size}, grey", "{size}×{size}, 흑백"),
    "models.own.shape.colour": ("{size}×{size}, colour", "{size}×{size}, 컬러"),
    "models.own.latent_dim": ("Numbers in z", "z의 차원"),
    "models.own.samples": ("Samples out of noise, seed {seed}", "잡음에서 만든 표본, 시드 {seed}"),
    "models.own.scores": (
        "Samples out of noise, seed {seed}; their own discriminator gives them {mean} on average",
        "잡음에서 만든 표본, 시드 {seed}. 함께 학습한 판별자의 평균 점수 {mean}",
    ),
    "models.own.walk": ("From the first sample to the second", "첫 표본에서 둘째 표본까지"),
    "models.own.plane": (
        "The map of both latent numbers, from −{edge} to {edge}",
        "두 잠재 변수의 지도, −{edge}부터 {edge}까지",
    ),
    "models.own.way": (
        "The first sample on its way from noise; below, what the network takes each picture for",
        "첫 표본이 잡음에서 만들어지는 과정. 아래 줄은 신경망이 각 그림에서 짐작한 결과",
    ),
    "models.own.seen": ("Your picture, as the model sees it", "모델이 보는 그림"),
    "models.own.back": ("As it gives it back", "재구성"),
    "models.own.ab": ("From A to B", "A에서 B로"),
    "models.own.ba": ("From B to A", "B에서 A로"),
    "models.own.circle": ("To B and back", "B로 갔다가 되돌아온 것"),
    "models.own.classes": ("Likeliest classes: {classes}", "가능성이 높은 클래스: {classes}"),
    "models.own.cut": (
        "The server draws for at most {seconds} seconds, so that not all is there.",
        "서버는 {seconds}초까지만 그리므로 일부만 표시됩니다.",
    ),
    "models.own.upload_first": (
        "This model makes nothing of noise: give it a picture.",
        "이 모델은 잡음에서 그림을 만들지 않습니다. 그림을 올려 주세요.",
    ),
}
