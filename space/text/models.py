"""Texts of the models tab."""

TEXT = {
    "models.tab": ("Models", "모델"),
    "models.intro": (
        "Every model of this lab: where its weights come from, what was measured, and how it learned. "
        "The same folders can be published to the Hub and load in three lines of Python.",
        "실험실의 모든 모델입니다. 가중치의 출처, 측정한 수치와 그 방법, 학습 과정을 볼 수 있습니다. "
        "같은 폴더를 Hub에 올리고 파이썬 세 줄로 불러올 수 있습니다.",
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
}
