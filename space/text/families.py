"""What the page says of each family of models, by the `kind` that its config's `describe()` gives.

`family.<kind>.name` is a model's name within its family; `.among_others`, for a family with variants, is its
name beside models of other families. `TOPICS` lists the texts that lessons show beside a model. A variant
without a text of its own has that of its family. A text whose key ends in, say, `.2d` is only about models of
that latent size.
"""

TOPICS = {"objective": "encode", "samples": "decode"}
"""topic -> what a model can do (a method) whose lesson shows a text on that topic"""

TEXT = {
    "family.size": ("{name}, {latent_dim}-D", "{name}, {latent_dim}차원"),
    "family.domains": ("{name}: {domain_a} ↔ {domain_b}", "{name}: {domain_a} ↔ {domain_b}"),
    "family.autoencoder.among_others": ("Autoencoder: {name}", "오토인코더: {name}"),
    "family.autoencoder.samples": (
        "Why a plain autoencoder is no generator: its loss asks for reconstruction alone, so nothing makes "
        "its codes follow N(0, I), and noise lands where the decoder was never trained.",
        "기본 오토인코더는 왜 생성 모델이 아닐까요? 손실이 재구성만 요구하므로 잠재 벡터가 N(0, I)를 따를 "
        "이유가 없고, 잡음은 디코더가 학습한 적 없는 자리에 놓입니다.",
    ),
    "family.autoencoder.plain.name": ("Plain", "기본"),
    "family.autoencoder.plain.objective": (
        "Plain: minimises only the reconstruction error.\n\n$\\lVert x - g(f(x)) \\rVert^2$",
        "기본형: 재구성 오차만 최소화합니다.\n\n$\\lVert x - g(f(x)) \\rVert^2$",
    ),
    "family.autoencoder.plain.objective.2d": (
        "The plain one with only two numbers for $z$.\n\n$\\lVert x - g(f(x)) \\rVert^2$",
        "잠재 벡터 $z$가 단 두 개의 값인 기본형입니다.\n\n$\\lVert x - g(f(x)) \\rVert^2$",
    ),
    "family.autoencoder.sparse.name": ("SAE: sparse", "SAE · 희소"),
    "family.autoencoder.sparse.objective": (
        "Few units may be active at a time.\n\n$\\lVert x - g(z) \\rVert^2 + \\lambda\\,\\lVert z \\rVert_1$",
        "한 번에 적은 수의 유닛만 활성화되도록 합니다. \n\n$\\lVert x - g(z) \\rVert^2 + "
        "\\lambda\\,\\lVert z \\rVert_1$",
    ),
    "family.autoencoder.k_sparse.name": ("SAE: sparse", "SAE · 희소"),
    "family.autoencoder.k_sparse.objective": (
        "At most one unit in eight may be active in an image: the $k$ largest stay, the others become "
        "0.\n\n$\\lVert x - g(z) \\rVert^2,\\quad \\lVert z \\rVert_0 \\le k$",
        "그림마다 여덟 유닛 가운데 하나까지만 활성화됩니다. 가장 큰 $k$개만 남고 나머지는 0이 됩니다.\n\n"
        "$\\lVert x - g(z) \\rVert^2,\\quad \\lVert z \\rVert_0 \\le k$",
    ),
    "family.autoencoder.denoising.name": ("DAE: denoising", "DAE · 잡음 제거"),
    "family.autoencoder.denoising.objective": (
        "Sees the noisy $\\tilde x$, must give the clean $x$.\n\n$\\lVert x - g(f(\\tilde x)) \\rVert^2$",
        "잡음이 있는 $\\tilde x$를 보고 깨끗한 $x$를 복원합니다.\n\n$\\lVert x - g(f(\\tilde x)) \\rVert^2$",
    ),
    "family.autoencoder.contractive.name": ("CAE: contractive", "CAE · 수축"),
    "family.autoencoder.contractive.objective": (
        "Small changes of $x$ should hardly move $z$. \n\n$\\lVert x - g(f(x)) \\rVert^2 + "
        "\\lambda\\,\\lVert \\partial f / \\partial x \\rVert_F^2$",
        "$x$가 조금 변해도 $z$는 거의 움직이지 않게 합니다. \n\n$\\lVert x - g(f(x)) \\rVert^2 + "
        "\\lambda\\,\\lVert \\partial f / \\partial x \\rVert_F^2$",
    ),
    "family.autoencoder.conv.name": ("Convolutional", "합성곱"),
    "family.autoencoder.conv.objective": (
        "The plain objective with convolutions for $f$ and $g$.\n\n$\\lVert x - g(f(x)) \\rVert^2$",
        "목적 함수는 기본형과 같고, $f$와 $g$가 합성곱 신경망입니다.\n\n$\\lVert x - g(f(x)) \\rVert^2$",
    ),
    "family.vae.name": ("VAE", "VAE"),
    "family.vae.objective": (
        "Every $x$ becomes a distribution $q(z|x)$, kept close to $\\mathcal N(0, I)$; shown is its mean. "
        "\n\n$-\\mathbb{E}_q \\log p(x|z) + D_{KL}(q(z|x)\\,\\Vert\\,p(z))$",
        "$x$마다 $\\mathcal N(0, I)$에 가까운 분포 $q(z|x)$를 만듭니다. 그림은 평균 $\\mu$를 디코딩한 "
        "결과입니다. \n\n$-\\mathbb{E}_q \\log p(x|z) + D_{KL}(q(z|x)\\,\\Vert\\,p(z))$",
    ),
    "family.vae.samples": (
        "Trained so that its codes follow N(0, I): noise lands where pictures were encoded. The decoder "
        "gives the mean of all that fits, which is blurred; there is no discriminator to object.",
        "잠재 벡터가 N(0, I)를 따르도록 학습했으므로, 잡음이 그림이 인코딩된 자리에 놓입니다. 디코더는 "
        "가능한 그림들의 평균을 출력해 흐릿하며, 이를 지적할 판별자가 없습니다.",
    ),
    "family.gan.name": ("GAN", "GAN"),
    "family.gan.samples": (
        "Generator and discriminator are fully connected. Every pixel has weights of its own: strokes are "
        "sharp, but may be speckled.",
        "생성자와 판별자가 모두 완전 연결 신경망입니다. 픽셀마다 가중치가 따로 있으므로 획은 선명하지만 "
        "잡티가 생길 수 있습니다.",
    ),
    "family.dcgan.name": ("DCGAN", "DCGAN"),
    "family.dcgan.samples": (
        "The GAN game between convolutional networks. Convolutions know that neighbouring pixels belong "
        "together, so shapes come out clean.",
        "합성곱 신경망끼리 겨루는 GAN입니다. 합성곱은 이웃한 픽셀의 관계를 이용하므로 형태가 깨끗합니다.",
    ),
    "family.ddpm.name": ("Diffusion", "확산"),
    "family.ddpm.noise.name": ("Diffusion, ε", "확산, ε"),
    "family.ddpm.x_start.name": ("Diffusion, x₀", "확산, x₀"),
    "family.ddpm.flow.name": ("Flow matching", "플로 매칭"),
    "family.ddpm.flow.samples": (
        "z is a picture of pure noise and one number for each class, the largest of which names the class. "
        "The network was shown pictures on the straight way between a picture of the data and noise, and "
        "learned the direction of that way. Now it walks from the noise to a picture in straight steps.",
        "z는 순수한 잡음 그림과 클래스마다 하나씩인 값이며, 가장 큰 값이 만들 클래스를 정합니다. 신경망은 "
        "데이터와 잡음을 잇는 곧은 길 위의 그림을 보고 그 길의 방향을 배웠습니다. 이제 잡음에서 그림까지 "
        "곧은 걸음으로 갑니다.",
    ),
    "family.ddpm.samples": (
        "Nothing is compressed: z is a picture of pure noise and one number for each class, the largest of "
        "which names the class. The network takes the noise out step by step. It was never shown a whole "
        "way from noise to picture, only how to take noise out of one, at every strength.",
        "압축이 없습니다. z는 순수한 잡음 그림과 클래스마다 하나씩인 값이며, 가장 큰 값이 만들 클래스를 "
        "정합니다. 신경망은 이 잡음을 여러 단계에 걸쳐 걷어 냅니다. 잡음에서 그림까지의 길을 통째로 배운 "
        "적은 없고, 모든 세기의 잡음을 그림에서 걷어 내는 법만 배웠습니다.",
    ),
    "family.pixelcnn.name": ("PixelCNN", "PixelCNN"),
    "family.pixelcnn.samples": (
        "Nothing is compressed: z is a random number for each pixel, and one for each class, the largest "
        "of which names the digit. Pixel by pixel, in reading order, the network says how likely white is "
        "after all that stands there already, and the pixel's number decides. So the pictures are black "
        "and white, and their exact probability is the product of what it said. Black and white pictures "
        "lie farther apart than grey ones: between test digits made black and white, the spread is 11.4.",
        "압축이 없습니다. z는 픽셀마다 하나, 클래스마다 하나씩인 난수이며, 클래스의 값 가운데 가장 큰 것이 "
        "만들 숫자를 정합니다. 글을 읽는 순서로 한 픽셀씩, 신경망이 앞에 그려진 픽셀을 모두 보고 흰색일 "
        "확률을 말하면 그 픽셀의 난수가 결정합니다. 그래서 그림은 흑백이고, 신경망이 말한 확률을 모두 "
        "곱하면 그림의 정확한 확률이 됩니다. 흑백 그림끼리는 회색이 있는 그림보다 서로 멉니다. 흑백으로 "
        "만든 테스트 숫자의 다양성은 11.4입니다.",
    ),
    "family.cyclegan.name": ("CycleGAN", "CycleGAN"),
    "family.classifier.name": ("Classifier", "분류기"),
    "family.classifier.style.name": ("Classifier, emoji style", "분류기, 이모지 스타일"),
}


def key_of(kind: str, topic: str, latent_dim: int | None = None) -> str:
    """The key of `TEXT` for a kind and a topic; `KeyError` names the key that is missing."""
    wanted = f"family.{kind}.{topic}"
    for key in (f"{wanted}.{latent_dim}d", wanted, f"family.{kind.split('.')[0]}.{topic}"):
        if key in TEXT:
            return key
    raise KeyError(wanted)


def labels_of(
    kind: str, latent_dim: int | None = None, domains: tuple[str, str] | None = None
) -> tuple[tuple[str, str], tuple[str, str]]:
    """(English, Korean) for a model among those of its family, and beside models of other families.

    `domains` are the names of the two between which it translates.
    """
    names = TEXT[key_of(kind, "name")]
    if domains:
        named = zip(TEXT["family.domains"], names)
        names = tuple(
            text.format(name=name, domain_a=domains[0], domain_b=domains[1]) for text, name in named
        )
    if latent_dim is not None:
        sized = zip(TEXT["family.size"], names)
        names = tuple(text.format(name=name, latent_dim=latent_dim) for text, name in sized)
    family = f"family.{kind.split('.')[0]}.among_others"
    if family not in TEXT:
        return names, names
    return names, tuple(text.format(name=name) for text, name in zip(TEXT[family], names))


def texts_of(family: type, kind: str, latent_dim: int | None = None) -> dict[str, str]:
    """The keys of all texts that lessons show of a model of class `family`, by topic.

    `KeyError` names the first that is missing.
    """
    topics = ["name", *(topic for topic, method in TOPICS.items() if hasattr(family, method))]
    return {topic: key_of(kind, topic, latent_dim) for topic in topics}
