"""Texts of the reconstruction tab."""

TEXT = {
    "reconstruct.tab": ("Reconstruction", "재구성"),
    "reconstruct.intro": (
        "An autoencoder squeezes an image $x$ through a narrow latent vector $z = f(x)$ and rebuilds it as "
        "$x' = g(z)$. Information that does not fit into $z$ is lost; the error map shows where. Add "
        "noise, and compare what each relative of the family makes of it.\n\n$$\\min_{f,\\,g}\\; "
        "\\mathbb{E}_x\\, \\lVert x - g(f(x)) \\rVert^2$$",
        "오토인코더는 이미지 $x$를 좁은 잠재 벡터 $z = f(x)$로 압축한 뒤 $x' = g(z)$로 재구성합니다. 잠재 "
        "벡터에 담기지 못한 정보는 사라지며, 오차 지도가 그 위치를 보여 줍니다. 잡음을 더해 보고, 같은 "
        "입력을 여러 오토인코더가 어떻게 다르게 처리하는지 비교해 보세요.\n\n$$\\min_{f,\\,g}\\; "
        "\\mathbb{E}_x\\, \\lVert x - g(f(x)) \\rVert^2$$",
    ),
    "reconstruct.source": ("Input", "입력"),
    "reconstruct.source.digit": ("Test digit", "테스트 숫자"),
    "reconstruct.source.draw": ("Draw", "직접 그리기"),
    "reconstruct.source.upload": ("Upload", "파일 올리기"),
    "reconstruct.sketch": ("Draw a digit", "숫자를 그려 보세요"),
    "reconstruct.upload": ("Picture of a digit", "숫자 사진"),
    "reconstruct.model": ("Model", "모델"),
    "reconstruct.family": ("The whole family, side by side", "모든 모델 나란히 비교"),
    "reconstruct.noise": ("Noise", "잡음"),
    "reconstruct.noise.none": ("None", "없음"),
    "reconstruct.noise.gaussian": ("Gaussian", "가우시안"),
    "reconstruct.noise.masking": ("Masking", "마스킹"),
    "reconstruct.noise.salt_and_pepper": ("Salt & pepper", "소금-후추"),
    "reconstruct.noise.coin_flip": ("Coin flips", "무작위 반전"),
    "reconstruct.level": ("Noise level", "잡음 세기"),
    "reconstruct.level.info": (
        "Gaussian: σ. Masking, salt & pepper: share of pixels. Coin flips: each pixel is erased, and "
        "another made white, with probability level/2.",
        "가우시안: σ. 마스킹, 소금-후추: 바뀌는 픽셀의 비율. 무작위 반전: 픽셀마다 확률 (세기÷2)로 지우고, "
        "같은 확률로 흰색을 더합니다.",
    ),
    "reconstruct.seed": ("Seed", "시드"),
    "reconstruct.seed.info": ("Same seed, same noise.", "같은 시드는 같은 잡음을 만듭니다."),
    "reconstruct.objective.family": (
        "All models see the same (noisy) image; they differ in objective, layers or size of $z$.",
        "모든 모델에 같은 (잡음이 더해진) 이미지를 넣습니다. 목적 함수, 층 또는 $z$의 차원이 서로 다릅니다.",
    ),
    "reconstruct.x": ("Input", "입력"),
    "reconstruct.noisy": ("With noise", "잡음 입력"),
    "reconstruct.output": ("Reconstruction", "재구성"),
    "reconstruct.error": ("Error", "오차"),
    "reconstruct.alt.x": ("The digit as the model sees it, x", "모델이 보는 숫자 x"),
    "reconstruct.alt.noisy": ("The digit with noise, x̃", "잡음을 더한 숫자 x̃"),
    "reconstruct.alt.output": ("The digit rebuilt by {model}, x′", "{model} 모델이 재구성한 숫자 x′"),
    "reconstruct.alt.error": (
        "Error map of {model}: bright where x′ differs from x",
        "{model} 모델의 오차 지도: x′와 x가 다를수록 밝음",
    ),
    "reconstruct.latent": ("Latent vector", "잠재 벡터"),
    "reconstruct.latent.sigma": ("bars: μ, whiskers: ±σ", "막대: μ, 선: ±σ"),
    "reconstruct.latent.hint": (
        "Click a bar to switch its unit off and on again, or drag it up or down (keys: Enter, arrows). The "
        "decoder draws x′ of your own vector; beside the bars, what the chosen unit draws.",
        "막대를 누르면 그 유닛이 꺼지고 다시 누르면 켜집니다. 위아래로 끌면 값이 바뀝니다(키보드: Enter, "
        "화살표). 바뀐 벡터를 디코더가 바로 x′로 그리고, 막대 옆에는 고른 유닛이 그리는 부분이 나옵니다.",
    ),
    "reconstruct.unit": (
        "What unit {unit} draws: blue is added to x′, orange taken away",
        "{unit}번 유닛이 그리는 부분: 파랑은 x′에 더한 것, 주황은 뺀 것",
    ),
    "reconstruct.unit.off": (
        "Unit {unit} is off for this digit",
        "{unit}번 유닛은 이 숫자에서 꺼져 있습니다",
    ),
    "reconstruct.alt.share": (
        "What unit {unit} of {model} adds to x′ (blue) and takes away (orange)",
        "{model} 모델의 {unit}번 유닛이 x′에 더하는 부분(파랑)과 빼는 부분(주황)",
    ),
    "reconstruct.latent.reset": ("Back to the encoder's z", "인코더의 z로 되돌리기"),
    "reconstruct.latent.bar": ("z{unit}", "z{unit}"),
    "reconstruct.psnr": ("PSNR, reconstruction", "재구성 PSNR"),
    "reconstruct.psnr_noisy": ("PSNR, noisy input", "잡음 입력 PSNR"),
    "reconstruct.mse": ("MSE, reconstruction", "재구성 MSE"),
    "reconstruct.to_clean": ("against the clean input", "깨끗한 입력 기준"),
    "reconstruct.bytes": ("Compression", "압축비"),
    "reconstruct.bytes.note": ("{before} → {after} bytes", "{before} → {after}바이트"),
    "reconstruct.measured": ("The family, measured", "모델별 측정 결과"),
    "reconstruct.measured.all": ("All figures", "모든 수치"),
    "reconstruct.measured.model": ("Model", "모델"),
    "reconstruct.measured.noisy": ("Noisy input itself", "잡음 입력 그대로"),
}
