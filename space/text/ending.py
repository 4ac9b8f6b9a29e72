"""What the end of the lecture says: a table of all families, five exercises, what to read."""

TEXT = {
    "ending.family": ("Family", "갈래"),
    "ending.density": ("p(x)", "p(x)"),
    "ending.sampling": ("A sample takes", "표본 하나에 드는 계산"),
    "ending.good": ("Good at", "잘하는 일"),
    "ending.nats": ("−log p, nats a digit", "−log p, 숫자당 nats"),
    "ending.distance": ("Distance to real digits", "실제 숫자와의 거리"),
    "ending.exact": ("exact", "정확한 값"),
    "ending.bound": ("a bound", "하한"),
    "ending.unscaled": ("up to a factor", "상수배까지만"),
    "ending.none": ("cannot be asked", "물을 수 없음"),
    "ending.passes": ("{count} passes of the network", "신경망 {count}번"),
    "ending.pass": ("one pass of the network", "신경망 한 번"),
    "ending.draw": ("one draw", "추첨 한 번"),
    "ending.chain": ("many steps of a Markov chain", "마르코프 연쇄의 많은 단계"),
    "ending.nowhere": (
        "one pass, but nothing says where z is drawn from",
        "한 번이지만 z를 뽑을 자리가 정해져 있지 않음",
    ),
    "ending.histogram": ("Normal, mixture, histogram", "정규분포, 혼합, 히스토그램"),
    "ending.histogram.good": ("few dimensions, few data", "낮은 차원, 적은 데이터"),
    "ending.pixelcnn": ("Pixel by pixel: PixelCNN", "픽셀마다: PixelCNN"),
    "ending.pixelcnn.good": ("probabilities, completion", "확률, 이어 그리기"),
    "ending.flow": ("Normalizing flow", "정규화 흐름"),
    "ending.flow.good": ("probabilities in one pass, both ways", "한 번에 양방향으로 구하는 확률"),
    "ending.autoencoder": ("Autoencoder, 32-D", "오토인코더, 32차원"),
    "ending.autoencoder.good": ("compression, features, denoising", "압축, 특성 추출, 잡음 제거"),
    "ending.vae": ("VAE, 20-D", "VAE, 20차원"),
    "ending.vae.good": ("an ordered latent space", "질서 있는 잠재 공간"),
    "ending.energy": ("Energy-based model", "에너지 기반 모델"),
    "ending.energy.good": ("combining conditions", "조건을 합치기"),
    "ending.gan": ("GAN", "GAN"),
    "ending.gan.good": ("sharp pictures at once", "한 번에 선명한 그림"),
    "ending.dcgan": ("DCGAN", "DCGAN"),
    "ending.dcgan.good": ("the same with cleaner strokes", "획이 더 깨끗한 그림"),
    "ending.cyclegan": ("CycleGAN", "CycleGAN"),
    "ending.cyclegan.good": ("translation without pairs", "짝이 없는 변환"),
    "ending.diffusion": ("Diffusion", "확산 모델"),
    "ending.diffusion.good": (
        "the best pictures, guidance, filling in",
        "가장 좋은 그림, 가이던스, 채워 넣기",
    ),
    "ending.matching": ("Flow matching", "플로 매칭"),
    "ending.matching.good": ("the same on a straight path", "곧은 길로 하는 같은 일"),
    "ending.note": (
        "Figures are those of the models of this lab, on MNIST; below, how they were measured. The VAE's "
        "is an upper bound of −log p; PixelCNN's digits are black and white, the others grey. Diffusion "
        "and flow matching are trained on a bound or on directions, and their exact density is an ODE away.",
        "수치는 이 실험실의 모델을 MNIST로 잰 것이고, 방법은 아래에 있습니다. VAE의 값은 −log p의 "
        "상한입니다. PixelCNN의 숫자는 흑백이고 나머지는 회색조입니다. 확산 모델과 플로 매칭은 하한이나 "
        "방향으로 학습하지만, 상미분방정식을 풀면 정확한 밀도도 구할 수 있습니다.",
    ),
    "ending.open": ("Open the lab there", "실험실에서 열기"),
    "ending.answer": ("What to expect", "예상되는 결과"),
    "ending.exercise.histogram": (
        "Find the width of the bars with the best score. Then take all the people there are: does the best "
        "width grow or shrink?",
        "점수가 가장 좋은 막대 너비를 찾으세요. 사람을 모두 넣으면 가장 좋은 너비는 커질까요, 작아질까요?",
    ),
    "ending.exercise.histogram.answer": (
        "It shrinks: with more people, finer bars are filled.",
        "작아집니다. 사람이 많아지면 더 가는 막대도 채워집니다.",
    ),
    "ending.exercise.bound": (
        "Let the VAE learn the two moons. Look for a point where the gap between the ELBO and the exact "
        "value is above 0.3 nats. Where do such points lie?",
        "VAE가 두 반달을 배우게 하세요. ELBO와 정확한 값의 틈이 0.3 nats를 넘는 점을 찾아보세요. 그런 점은 "
        "어디에 있습니까?",
    ),
    "ending.exercise.bound.answer": (
        "Where one normal is a poor picture of the z that fit: beside and between the moons more often "
        "than on them.",
        "어울리는 z를 정규분포 하나로 나타내기 어려운 곳입니다. 반달 위보다는 곁이나 사이에 더 많습니다.",
    ),
    "ending.exercise.sparse": (
        "Switch the units of this digit off one by one, beginning with the largest. After how many do you "
        "no longer read the digit?",
        "이 숫자의 유닛을 가장 큰 것부터 하나씩 끄세요. 몇 개를 끄면 숫자를 읽을 수 없습니까?",
    ),
    "ending.exercise.sparse.answer": (
        "No single unit is the digit: it fades piece by piece.",
        "어느 유닛도 혼자 숫자를 담당하지 않으므로, 조금씩 사라집니다.",
    ),
    "ending.exercise.collapse": (
        "G has collapsed. Bring it to all eight modes with the settings alone, without the button of the "
        "remedy.",
        "G가 붕괴했습니다. 해결책 버튼 없이 설정만 바꾸어 여덟 모드를 모두 찾게 하세요.",
    ),
    "ending.exercise.collapse.answer": (
        "Slow G down or let D take more and longer steps: D has to keep up.",
        "G를 늦추거나 D가 더 자주, 더 크게 학습하게 하세요. D가 따라올 수 있어야 합니다.",
    ),
    "ending.exercise.steps": (
        "Take away steps until the 3 is no 3 any more. Then compare both samplers at that number.",
        "단계를 줄여 가며 3이 더는 3이 아닐 때를 찾으세요. 그 단계 수에서 두 샘플러를 비교해 보세요.",
    ),
    "ending.exercise.steps.answer": (
        "Both end at nearly the same digit with many steps; with few, the higher order stays nearer to it.",
        "단계가 많으면 두 샘플러가 거의 같은 숫자에 이르고, 적으면 차수가 높은 쪽이 그 숫자에 더 가깝습니다.",
    ),
    "ending.read.tree": ("the tree of densities", "밀도의 나무"),
    "ending.read.pixelcnn": ("pixel by pixel", "픽셀마다 그리기"),
    "ending.read.flow": ("a normalizing flow", "정규화 흐름"),
    "ending.read.sparse": ("the k-sparse autoencoder", "k-희소 오토인코더"),
    "ending.read.vae": ("the VAE", "VAE"),
    "ending.read.gan": ("the GAN", "GAN"),
    "ending.read.dcgan": ("DCGAN", "DCGAN"),
    "ending.read.cyclegan": ("CycleGAN", "CycleGAN"),
    "ending.read.diffusion": ("diffusion", "확산 모델"),
    "ending.read.guidance": ("guidance without a classifier", "분류기 없는 가이던스"),
    "ending.read.matching": ("flow matching", "플로 매칭"),
    "ending.read.evaluation": ("why likelihood and looks disagree", "그럴듯함과 겉모습이 어긋나는 까닭"),
    "ending.read.strange": (
        "why a density finds strange pictures likely",
        "밀도가 낯선 그림을 높게 보는 까닭",
    ),
}
