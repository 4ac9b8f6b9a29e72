"""What the page says around its tabs, and words that several tabs use."""

TEXT = {
    "app.heading": (
        "# Generative Model Lab\n\nFrom the heights of people to autoencoders, VAE, GANs, CycleGAN and "
        "diffusion. Change something and see what happens: every picture is computed on the spot.",
        "# 생성 모델 실험실\n\n사람의 키에서 시작해 오토인코더, VAE, GAN, CycleGAN, 확산 모델까지 직접 "
        "다루어 보는 실험실입니다. 값을 바꾸면 그림이 바로 다시 계산됩니다.",
    ),
    "link.copy": ("Copy link", "링크 복사"),
    "link.copied": ("Link copied", "링크를 복사했습니다"),
    "diagram.encoder": ("encoder", "인코더"),
    "diagram.decoder": ("decoder", "디코더"),
    "diagram.generator": ("generator", "생성자"),
    "diagram.discriminator": ("discriminator", "판별자"),
    "diagram.masked": ("masked convolution", "마스크 합성곱"),
    "diagram.residual": ("residual blocks", "잔차 블록"),
    "diagram.odds": ("log-odds", "로그 오즈"),
    "diagram.coin": ("coin", "동전"),
    "diagram.frozen": ("frozen", "고정"),
    "diagram.loss": ("Loss", "손실"),
    "diagram.value": ("Value", "가치 함수"),
    "nearest.ask": ("Nearest training digit", "학습 데이터에서 가장 가까운 숫자"),
    "nearest.sample": ("The sample", "표본"),
    "nearest.digit": (
        "Nearest training digit: no. {number} of {among}",
        "학습 데이터에서 가장 가까운 숫자: {among}개 중 {number}번",
    ),
    "nearest.found": (
        "Distance {distance}. All {among} training digits of MNIST were compared with this sample, pixel by "
        "pixel (Euclidean distance, pixels from 0 to 1, training digits in eight grey levels).",
        "거리 {distance}. MNIST 학습 데이터의 숫자 {among}개를 모두 이 표본과 픽셀 단위로 "
        "비교했습니다(유클리드 거리, 픽셀값 0~1, 학습 데이터는 회색조 8단계).",
    ),
    "nearest.failed": (
        "The server did not answer. Please try again.",
        "서버가 응답하지 않았습니다. 다시 시도해 주세요.",
    ),
    "nearest.scale": ("For comparison", "비교 기준"),
    "live.browser": ("Computed in your browser.", "이 브라우저에서 계산했습니다."),
    "live.late": (
        "Computed on the server, because the weights are slow to reach your browser.",
        "가중치를 받는 데 시간이 오래 걸려 서버에서 계산했습니다.",
    ),
    "live.missing": (
        "Computed on the server, because the weights did not reach your browser. Reload the page to try "
        "again.",
        "브라우저가 가중치를 받지 못해 서버에서 계산했습니다. 다시 시도하려면 페이지를 새로 고쳐 주세요.",
    ),
    "live.useless": (
        "Computed on the server, because the weights arrived damaged or your browser cannot compute with "
        "them. Reload the page to try again.",
        "받은 가중치가 손상되었거나 이 브라우저에서 계산할 수 없어 서버에서 계산했습니다. 다시 시도하려면 "
        "페이지를 새로 고쳐 주세요.",
    ),
    "live.failed": (
        "Neither your browser nor the server could compute this. Reload the page, or choose another model.",
        "브라우저에서도 서버에서도 계산하지 못했습니다. 페이지를 새로 고치거나 다른 모델을 선택해 주세요.",
    ),
    "source.hub": ("from the Hub", "Hub에서 받음"),
    "source.cache": ("from the local cache of the Hub", "Hub의 로컬 캐시"),
    "source.bundled": ("bundled with this app", "앱에 포함됨"),
    "source.folder": ("a folder on this machine", "이 컴퓨터의 폴더"),
    "source.weights": ("Weights", "가중치"),
    "source.commit": ("commit", "커밋"),
    "source.because": ("Not from the Hub, because {reason}.", "Hub에서 받지 못한 이유: {reason}."),
    "source.unavailable": ("This model cannot be used: {reason}.", "이 모델을 사용할 수 없습니다: {reason}."),
    "metric.reconstruction_psnr": ("Reconstruction PSNR", "재구성 PSNR"),
    "metric.reconstruction_mse": ("Reconstruction MSE", "재구성 MSE"),
    "metric.linear_probe_accuracy": ("Linear probe", "선형 분류 정확도"),
    "metric.active_fraction": ("Units above 0.001 in size", "활성 유닛 비율 (|z| > 0.001)"),
    "metric.most_active_units": ("Most active units of an image", "그림 하나의 최대 활성 유닛 수"),
    "metric.units_ever_active": ("Units ever active", "한 번이라도 일하는 유닛 비율"),
    "metric.busiest_unit": ("Images with the busiest unit", "가장 바쁜 유닛이 켜지는 그림 비율"),
    "metric.mean_activation": ("Mean activation", "평균 활성값"),
    "metric.jacobian_norm": ("Jacobian norm", "야코비안 노름"),
    "metric.jacobian_norm_relative": ("Jacobian norm ÷ spread of codes", "야코비안 노름 ÷ 잠재 벡터의 산포"),
    "metric.noisy_psnr_gaussian": ("Noisy input, Gaussian", "잡음 입력, 가우시안"),
    "metric.noisy_psnr_masking": ("Noisy input, masking", "잡음 입력, 마스킹"),
    "metric.noisy_psnr_salt_and_pepper": ("Noisy input, salt & pepper", "잡음 입력, 소금-후추"),
    "metric.noisy_psnr_coin_flip": ("Noisy input, coin flips", "잡음 입력, 무작위 반전"),
    "metric.denoised_psnr_gaussian": ("Denoised, Gaussian", "잡음 제거, 가우시안"),
    "metric.denoised_psnr_masking": ("Denoised, masking", "잡음 제거, 마스킹"),
    "metric.denoised_psnr_salt_and_pepper": ("Denoised, salt & pepper", "잡음 제거, 소금-후추"),
    "metric.denoised_psnr_coin_flip": ("Denoised, coin flips", "잡음 제거, 무작위 반전"),
    "metric.neg_elbo_1": ("−ELBO, 1 sample of z", "−ELBO, z 표본 1개"),
    "metric.neg_elbo_16": ("−ELBO, 16 samples of z", "−ELBO, z 표본 16개"),
    "metric.recon_1": ("Reconstruction term, 1 sample", "재구성 항, 표본 1개"),
    "metric.recon_16": ("Reconstruction term, 16 samples", "재구성 항, 표본 16개"),
    "metric.kl": ("KL term", "KL 항"),
    "metric.kl_per_dimension": ("KL by latent dimension", "잠재 차원별 KL"),
    "metric.iw_nll_1000": ("NLL bound, 1,000 importance samples", "NLL 상한, 중요도 표본 1,000개"),
    "metric.nll": ("−log p(x), exact", "−log p(x), 정확한 값"),
    "metric.nll_given_class": ("−log p(x | y), exact", "−log p(x | y), 정확한 값"),
    "metric.nll_mixture": ("−log p(x), classes mixed, exact", "−log p(x), 클래스를 섞은 것, 정확한 값"),
    "metric.nll_counting": ("−log p(x) by counting, exact", "세기로 얻은 −log p(x), 정확한 값"),
    "metric.nll_counting_shared": (
        "−log p(x) by counting, one table for all places",
        "세기로 얻은 −log p(x), 모든 자리에 표 하나",
    ),
    "metric.bayes_accuracy": ("Test images told right by Bayes", "베이즈로 옳게 가른 테스트 이미지"),
    "metric.classifier_accuracy": (
        "Test images told right by the classifier",
        "분류기가 옳게 가른 테스트 이미지",
    ),
    "metric.lenet_fid": ("Fréchet distance (LeNet features)", "프레셰 거리 (LeNet 특징)"),
    "metric.lenet_fid_floor": ("Fréchet distance of real images", "실제 이미지의 프레셰 거리"),
    "metric.lenet_kid": ("Kernel distance (LeNet features)", "커널 거리 KID (LeNet 특징)"),
    "metric.inception_fid": ("Fréchet distance (Inception)", "프레셰 거리 FID (Inception)"),
    "metric.precision": ("Precision of samples", "생성 표본의 정밀도"),
    "metric.recall": ("Recall of samples", "생성 표본의 재현율"),
    "metric.class_accuracy": ("Samples read as the class asked for", "주문한 클래스로 읽힌 표본"),
    "metric.class_accuracy_guided": (
        "Samples read as the class asked for, guided",
        "주문한 클래스로 읽힌 표본, 가이던스 적용",
    ),
    "metric.lenet_fid_guided": (
        "Fréchet distance (LeNet features), guided",
        "프레셰 거리 (LeNet 특징), 가이던스 적용",
    ),
    "metric.precision_guided": ("Precision of samples, guided", "생성 표본의 정밀도, 가이던스 적용"),
    "metric.recall_guided": ("Recall of samples, guided", "생성 표본의 재현율, 가이던스 적용"),
    "metric.class_entropy": ("Entropy of sampled classes", "생성된 클래스의 엔트로피"),
    "metric.curve_steps": ("Steps", "단계 수"),
    "metric.curve_guidance": ("Guidance", "가이던스"),
    "metric.class_histogram": ("Sampled classes, 0 to 9", "생성된 클래스의 비율, 0~9"),
    "metric.classifier_confidence": ("Classifier's confidence", "생성 표본에 대한 분류기의 확신도"),
    "metric.nearest_train": (
        "Samples of this model: distance to the nearest training image, median",
        "이 모델의 표본: 가장 가까운 학습 이미지까지의 거리, 중앙값",
    ),
    "metric.nearest_train_of_test": (
        "Test images: distance to the nearest training image, median",
        "테스트 이미지: 가장 가까운 학습 이미지까지의 거리, 중앙값",
    ),
    "metric.copies": (
        "Samples nearer than all but the nearest 1 % of test images",
        "테스트 이미지 중 가장 가까운 1 %보다 더 가까운 표본",
    ),
    "metric.d_real": ("D(x), test images", "D(x), 테스트 이미지"),
    "metric.d_fake": ("D(G(z)), samples", "D(G(z)), 생성 표본"),
    "metric.value": ("Value of the game, V(D, G)", "가치 함수 V(D, G)"),
    "metric.accuracy": ("Accuracy", "정확도"),
    "metric.l1_nothing": ("L1 without translation", "변환하지 않았을 때의 L1"),
    "metric.psnr_nothing": ("PSNR without translation", "변환하지 않았을 때의 PSNR"),
    "metric.ssim_nothing": ("SSIM without translation", "변환하지 않았을 때의 SSIM"),
    **{
        f"metric.{key}_{way}": (
            f"{english}, {way[0].upper()} → {way[1].upper()}",
            f"{korean}, {way[0].upper()} → {way[1].upper()}",
        )
        for way in ("ab", "ba")
        for key, english, korean in (
            ("l1", "L1 to the counterpart", "짝 이미지와의 L1"),
            ("psnr", "PSNR against the counterpart", "짝 이미지 기준 PSNR"),
            ("ssim", "SSIM with the counterpart", "짝 이미지 기준 SSIM"),
            ("l1_recoloured", "L1 with colours matched only", "색만 맞추었을 때의 L1"),
            ("l1_scaled", "L1 with sizes matched only", "크기만 맞추었을 때의 L1"),
            ("psnr_scaled", "PSNR with sizes matched only", "크기만 맞추었을 때의 PSNR"),
            ("ssim_scaled", "SSIM with sizes matched only", "크기만 맞추었을 때의 SSIM"),
            ("domain_accuracy", "Taken for the other domain", "상대 도메인으로 분류된 비율"),
            (
                "domain_accuracy_scaled",
                "Taken for the other domain with sizes matched only",
                "크기만 맞추었을 때 상대 도메인으로 분류된 비율",
            ),
            (
                "domain_accuracy_recoloured",
                "Taken for the other domain with colours matched only",
                "색만 맞추었을 때 상대 도메인으로 분류된 비율",
            ),
            ("domain_fid", "Fréchet distance (domain classifier)", "프레셰 거리 (도메인 분류기)"),
            ("flat_share", "Even pixels of translations", "변환 결과에서 색이 균일한 픽셀의 비율"),
        )
    },
    **{
        f"metric.{key}_{domain}": (f"{english}, {domain.upper()}", f"{korean}, {domain.upper()}")
        for domain in ("a", "b")
        for key, english, korean in (
            ("cycle_l1", "Cycle L1", "순환 L1"),
            ("cycle_l1_scaled", "Cycle L1 of scaling only", "크기만 바꿨다 되돌릴 때의 L1"),
            ("identity_l1", "Identity L1", "항등 L1"),
            ("flat_share", "Even pixels of real images", "실제 이미지에서 색이 균일한 픽셀의 비율"),
        )
    },
    "metric.domain_accuracy_real": ("Domain classifier on real images", "도메인 분류기 정확도 (실제 이미지)"),
    "metric.domain_accuracy_unlike": (
        "Domain classifier on real images that differ from their counterparts",
        "도메인 분류기 정확도 (짝과 다른 실제 이미지)",
    ),
    "metric.domain_accuracy_drawings": (
        "Drawings in flat colours taken for B once translated",
        "단색으로 그린 그림을 변환했을 때 B로 분류된 비율",
    ),
    "metric.domain_accuracy_drawings_nothing": (
        "Drawings in flat colours taken for B as they are",
        "단색으로 그린 그림이 변환 없이도 B로 분류된 비율",
    ),
    "download.png": ("Download as PNG", "PNG로 내려받기"),
    "download.csv": ("Numbers as CSV", "수치를 CSV로 내려받기"),
    "code.title": ("The code behind it", "이 그림의 코드"),
    "code.hint": (
        "These lines give the very same pictures. Run them in a copy of this Space's repository, after "
        "`pip install -r requirements.txt .` there. The models are the package generative_lab, which works "
        "anywhere.",
        "아래 코드를 실행하면 똑같은 그림이 나옵니다. 이 Space의 저장소를 복사하고 그 폴더에서 "
        "`pip install -r requirements.txt .`로 설치한 뒤 실행하세요. 모델은 generative_lab 패키지이므로 다른 "
        "곳에서도 쓸 수 있습니다.",
    ),
    "found.hint": (
        "This is the digit that was found. Drag the box, or tap another one.",
        "찾은 숫자입니다. 상자를 끌어 고치거나 다른 숫자를 눌러 보세요.",
    ),
    "found.place": (
        "Put the box around one digit: drag it, or its corners.",
        "숫자 하나에 상자를 맞춰 주세요. 상자나 모서리를 끌면 됩니다.",
    ),
    "found.box": (
        "Box around the digit: arrow keys move it, with Shift they change its size",
        "숫자를 둘러싼 상자: 방향 키로 옮기고, Shift와 함께 누르면 크기가 바뀝니다",
    ),
    "measure.best": ("best", "최고"),
    "measure.protocol": ("How each figure was measured", "각 수치를 측정한 방법"),
}
