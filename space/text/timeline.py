"""What the tab of the training run says.

Keys `timeline.run.*` go to the component `TrainingRun`, whose script picks the language in the browser.
"""

TEXT = {
    "timeline.tab": ("How it learned", "학습 과정"),
    "timeline.intro": (
        "Training from its first step to its last: on one side what the model made of the **same inputs** "
        "all the while, on the other its losses. Play it, drag the slider or the curves, and point at one "
        "picture to follow it. The time axis is logarithmic: most changes happen early.",
        "학습의 첫 스텝부터 마지막 스텝까지를 봅니다. 한쪽에는 **같은 입력**에서 모델이 매 시점에 만든 "
        "그림이, 다른 쪽에는 손실 곡선이 있습니다. 재생하거나 슬라이더 또는 곡선을 드래그해 보고, 그림 "
        "하나를 골라 따라가 보세요. 눈에 띄는 변화는 대부분 초반에 일어나므로 시간 축은 로그 눈금입니다.",
    ),
    "timeline.model": ("Model", "모델"),
    "timeline.game": (
        "## What to look for\n$D(x)$ is the probability that the discriminator gives a picture of being "
        "real; the generator turns a latent vector $z$ into a picture $G(z)$. They fight over one number, "
        "the value function\n\n$$\\begin{gathered}\\min_G\\max_D\\;V(D,G)=\\mathbb E_{x}\\big[\\log "
        "D(x)\\big]\\\\+\\,\\mathbb E_{z}\\big[\\log\\big(1-D(G(z))\\big)\\big].\\end{gathered}$$\n\nIn "
        "these runs $G$ minimises $-\\log D(G(z))$ instead, which is $\\log 2$ at the equilibrium, and "
        "loss D is $-V$ plus a penalty on the slope of $D$ (R1).\n\n- **D tends to win first.** Noise is "
        "easy to tell from digits, so a quick discriminator is soon sure: $D(x)\\to 1$, $D(G(z))\\to 0$ "
        "and $V\\to 0$, the largest it can be. The pictures are still noise then.\n- **Then a tug of "
        "war.** Better fakes pull $D(G(z))$ up and $D(x)$ down, a better discriminator pulls them apart "
        "again. Compare who gains ground in the GAN and in the DCGAN.\n- **The losses do not say how good "
        "the pictures are.** While these get better and better, loss D rises, and loss G climbs first and "
        "falls later. Each loss is measured against an opponent who improves too: it says who is ahead. "
        "For quality there is the LeNet-FID, a distance between generated and real digits (drawn where the "
        "run measured it).\n- **The equilibrium** (long dashes). Against a fixed generator, the best "
        "discriminator reaches $V=-\\log 4+2\\,\\mathrm{JSD}(p_{\\text{data}}\\,\\|\\,p_G)$. If the fakes "
        "were perfect, it could only guess: $D=\\tfrac12$ everywhere and $V=-\\log 4\\approx-1.386$. The "
        "converse does not hold: a discriminator that has learned nothing yet says $\\tfrac12$ as well, "
        "whatever the pictures.\n- **A collapse** would look like this: the cells of the grid turn into "
        "the same few digits, $D(G(z))$ swings or sticks at 0, and loss G climbs. Look for repeated "
        "pictures.",
        "## 무엇을 볼까요?\n$D(x)$는 판별자(discriminator)가 그림을 진짜라고 보는 확률이고, "
        "생성자(generator)는 잠재 벡터 $z$를 그림 $G(z)$로 바꿉니다. 둘은 하나의 가치 함수 $V$를 두고 "
        "겨룹니다.\n\n$$\\begin{gathered}\\min_G\\max_D\\;V(D,G)=\\mathbb E_{x}\\big[\\log "
        "D(x)\\big]\\\\+\\,\\mathbb E_{z}\\big[\\log\\big(1-D(G(z))\\big)\\big]\\end{gathered}$$\n\n이 "
        "학습에서 $G$는 대신 $-\\log D(G(z))$를 최소화하며(균형점에서 $\\log 2$), 판별자의 손실은 $-V$에 "
        "$D$의 기울기에 대한 벌점(R1)을 더한 값입니다.\n\n- **처음에는 대개 판별자가 이깁니다.** 잡음과 "
        "숫자는 쉽게 구별되므로, 빨리 배우는 판별자는 금세 확신합니다. $D(x)\\to 1$, $D(G(z))\\to 0$이 "
        "되고 $V$는 최댓값인 0에 가까워집니다. 이때 그림은 아직 잡음입니다.\n- **이어서 줄다리기가 "
        "시작됩니다.** 가짜가 정교해지면 $D(G(z))$는 올라가고 $D(x)$는 내려가며, 판별자가 나아지면 둘은 "
        "다시 벌어집니다. GAN과 DCGAN에서 누가 앞서 나가는지 비교해 보세요.\n- **손실은 그림의 품질을 말해 "
        "주지 않습니다.** 그림은 계속 좋아지는데 판별자의 손실은 오히려 커지고, 생성자의 손실은 커졌다가 "
        "다시 줄어듭니다. 각 손실은 함께 강해지는 상대를 기준으로 재므로 누가 앞서는지를 말할 뿐입니다. "
        "품질은 생성한 숫자와 실제 숫자 사이의 거리인 LeNet-FID로 잽니다(학습 중에 측정한 경우에만 "
        "표시).\n- **균형점**(긴 점선). 생성자를 고정하면 최적의 판별자에서 $V=-\\log "
        "4+2\\,\\mathrm{JSD}(p_{\\text{data}}\\,\\|\\,p_G)$입니다. 가짜가 완벽하다면 판별자는 반반으로 "
        "추측할 수밖에 없어 어디서나 $D=\\tfrac12$, $V=-\\log 4\\approx-1.386$이 됩니다. 그 역은 성립하지 "
        "않습니다. 아직 아무것도 배우지 못한 판별자도 그림과 관계없이 $\\tfrac12$을 출력합니다.\n- **모드 "
        "붕괴**가 일어나면 격자의 칸들이 몇 가지 같은 숫자로 바뀌고, $D(G(z))$가 크게 흔들리거나 0에 "
        "붙으며, 생성자의 손실이 커집니다. 반복되는 그림이 있는지 살펴보세요.",
    ),
    "timeline.translation": (
        "## What to look for\nThe rows are test emoji of *A* (Twemoji), their translations $G_{AB}(a)$, "
        "test emoji of *B* (Fluent 3D), and theirs, $G_{BA}(b)$.\n\n- **It begins with stains.** An "
        "untrained generator scales its input by a fixed factor and adds random colours. Within about a "
        "hundred steps the cycle teaches it to leave them out, and the cycle error falls to about what "
        "scaling there and back costs by itself.\n- **Then colours and shading move,** slowly, towards the "
        "other set. Sizes were right from the first step. (The cycle *loss* adds both ways on the scale of "
        "−1 to 1; the cycle *error* is one way, 0 to 1.)\n- **Two games at once.** With least squares a "
        "discriminator that cannot tell has the loss $\\tfrac14+\\tfrac14=\\tfrac12$, its generator "
        "$\\tfrac14$. As in every GAN the losses say who is ahead, not how good the pictures are.\n- "
        "**What the losses do not say** is measured on the test emoji: the distance to the true "
        "counterpart (L1, lower is better; SSIM, higher is better), which training never saw, and the "
        "share of translations that a classifier of both sets takes for the target set.",
        "## 무엇을 볼까요?\n각 행은 위에서부터 *A*(Twemoji)의 테스트 이모지, 이를 변환한 $G_{AB}(a)$, "
        "*B*(Fluent 3D)의 테스트 이모지, 이를 변환한 $G_{BA}(b)$입니다.\n\n- **처음에는 얼룩이 보입니다.** "
        "학습 전의 생성자는 입력의 크기를 정해진 배율로 바꾸고 무작위 색을 더할 뿐입니다. 100스텝쯤 지나면 "
        "순환 손실 덕분에 얼룩이 사라지고, 순환 오차는 크기만 바꿨다가 되돌릴 때의 오차 수준까지 "
        "내려갑니다.\n- **그 뒤 색과 음영이 상대 집합에 조금씩 가까워집니다.** 크기는 첫 스텝부터 "
        "맞습니다. (순환 *손실*은 양방향을 합해 −1~1 범위에서, 순환 *오차*는 한 방향을 0~1 범위에서 잰 "
        "값입니다.)\n- **게임 두 개가 동시에 진행됩니다.** 최소제곱 손실에서 구별하지 못하는 판별자의 "
        "손실은 $\\tfrac14+\\tfrac14=\\tfrac12$, 이때 생성자의 손실은 $\\tfrac14$입니다. 여느 GAN과 "
        "마찬가지로 손실은 누가 앞서는지를 보여 줄 뿐, 그림의 품질을 나타내지는 않습니다.\n- **손실이 말해 "
        "주지 않는 것**은 테스트 이모지로 잽니다. 학습에 쓰지 않은 짝 이미지와의 거리(L1은 낮을수록, "
        "SSIM은 높을수록 좋음), 그리고 두 집합을 구별하는 분류기가 목표 집합으로 분류한 비율입니다.",
    ),
    "timeline.diffusion": (
        "## What to look for\nEach column has a digit to make, each row other noise. At every step of the "
        "training the network took the **same noise** out of these pictures, in 16 steps.\n\n- **One "
        "network, one loss.** It is shown a training digit drowned in noise and learns by least squares "
        "what was mixed: no second network, no game. So the loss falls quietly and the pictures keep "
        "getting better with it.\n- **The amount of noise matters.** One chart has the loss by it. In "
        "nearly pure noise there is little to see, and the mean digit is a good answer: that is learned "
        "first. Fine strokes, where there is little noise, come last.\n- **From snow to digits.** The "
        "untrained network takes no noise away. Then blots of the right class stand out of the snow, then "
        "grainy strokes; at last the grain goes. Follow one picture: its slant is there long before it is "
        "neat, for the noise decides it.",
        "## 무엇을 볼까요?\n열마다 만들 숫자가, 행마다 잡음이 정해져 있습니다. 학습의 매 시점에 신경망이 "
        "**같은 잡음**을 16단계에 걸쳐 걷어 낸 그림입니다.\n\n- **신경망 하나, 손실 하나.** 잡음에 잠긴 "
        "학습 이미지를 보고 무엇이 섞였는지를 최소제곱으로 배웁니다. 상대 신경망도 게임도 없습니다. 그래서 "
        "손실은 조용히 줄고, 그림은 손실과 함께 계속 좋아집니다.\n- **잡음의 양이 중요합니다.** 한 "
        "그래프는 잡음의 양에 따라 나눈 손실입니다. 거의 잡음뿐일 때는 보이는 것이 없어 평균적인 숫자가 "
        "좋은 답이고, 이것을 가장 먼저 배웁니다. 잡음이 적을 때의 가는 획은 마지막에 배웁니다.\n- "
        "**눈발에서 숫자로.** 학습 전의 신경망은 잡음을 걷어 내지 못합니다. 이어서 눈발 속에 클래스에 맞는 "
        "얼룩이 드러나고, 거친 획이 되었다가, 마지막에 거친 알갱이가 사라집니다. 그림 하나를 따라가 "
        "보세요. 기울기는 깔끔해지기 훨씬 전에 나타납니다. 잡음이 정하기 때문입니다.",
    ),
    "timeline.pixels": (
        "## What to look for\nEach column has a digit to make, each row other coins. At every step of the "
        "training the pictures were tossed with the **same random numbers**, one a pixel; only the "
        "probabilities have changed.\n\n- **The loss is the answer itself:** $-\\log p(x\\,|\\,y)$ in nats, "
        "no bound and no game, so the pictures get better with it. An untrained network says about one "
        "half of every pixel, which costs about $784\\log 2\\approx 543$ nats a picture.\n- **From near to "
        "far.** First the margin turns black: no digit has ink there. Then pieces of strokes come, for the "
        "pixels right beside say most. Whole digits come last, as they need what stands far above, and the "
        "class.\n- **The test loss** (dashed) goes with the loss. Where it turns up again, the network "
        "begins to learn its training images by heart.",
        "## 무엇을 볼까요?\n열마다 만들 숫자가, 행마다 동전이 정해져 있습니다. 학습의 매 시점에 **같은 "
        "난수**를 픽셀마다 하나씩 써서 그린 그림이고, 달라지는 것은 확률뿐입니다.\n\n- **손실이 곧 "
        "답입니다.** 손실은 $-\\log p(x\\,|\\,y)$의 값(nats)입니다. 하한도 게임도 없으므로 그림은 손실과 "
        "함께 좋아집니다. 학습 전의 신경망은 픽셀마다 반반에 가깝게 말하며, 그 값은 그림 한 장에 약 "
        "$784\\log 2\\approx 543$ nats입니다.\n- **가까운 것에서 먼 것으로.** 먼저 가장자리가 검어집니다. "
        "어떤 숫자도 거기까지 오지 않기 때문입니다. 이어서 획의 조각이 나타납니다. 바로 옆의 픽셀이 가장 "
        "많은 것을 알려 주기 때문입니다. 온전한 숫자는 마지막에 나옵니다. 멀리 위에 있는 픽셀과 클래스까지 "
        "보아야 하기 때문입니다.\n- **테스트 손실**(점선)도 함께 줄어듭니다. 점선이 다시 올라가면 신경망이 "
        "학습 이미지를 외우기 시작한 것입니다.",
    ),
    "timeline.coder": (
        "## What to look for\nThe first row holds test images (with noise, for the denoising autoencoder) "
        "and the second their reconstructions; a VAE shows fixed latent vectors $z\\sim\\mathcal N(0,I)$, "
        "decoded, in further rows.\n\n- **The mean first.** The quickest gain is to draw the average digit "
        "whatever the input; strokes that tell one digit from another come after.\n- **The loss falls** "
        "steeply and then levels off, and the test loss (dashed) goes with it. Where the dashed curve "
        "turns up again, the model begins to learn its training images by heart.\n- **A VAE's two terms "
        "pull against each other:** the reconstruction term can fall only as far as the latent vector "
        "carries information, and the KL term is an upper bound of that information. It *rises* from near "
        "0 as training begins to use the latent space.",
        "## 무엇을 볼까요?\n첫째 줄은 테스트 이미지(잡음 제거 오토인코더는 잡음을 더한 이미지), 둘째 줄은 "
        "그 재구성입니다. VAE는 그 아래에 고정된 잠재 벡터 $z\\sim\\mathcal N(0,I)$를 디코딩한 그림도 보여 "
        "줍니다.\n\n- **평균이 먼저입니다.** 손실을 가장 빨리 줄이는 길은 입력과 관계없이 평균적인 숫자를 "
        "그리는 것입니다. 숫자를 서로 구별하는 획은 그다음에 나타납니다.\n- **손실**은 가파르게 줄다가 "
        "평평해지며, 테스트 손실(점선)도 함께 줄어듭니다. 점선이 다시 올라가면 모델이 학습 이미지를 외우기 "
        "시작한 것입니다.\n- **VAE의 두 항은 서로 맞섭니다.** 재구성 항은 잠재 벡터가 담은 정보만큼만 "
        "줄어들 수 있고, 그 정보량의 상한인 KL 항은 잠재 공간을 쓰기 시작하면서 0 근처에서부터 *커집니다*.",
    ),
    "problem.no_run": (
        "The folder of {model} has neither pictures nor a history of its training. Choose another model.",
        "{model} 폴더에는 학습 중의 그림도, 학습 기록도 없습니다. 다른 모델을 선택해 주세요.",
    ),
    "timeline.failed": (
        "This training run has not arrived. Check the connection, then choose another model or reload the "
        "page.",
        "학습 기록을 받지 못했습니다. 연결을 확인한 뒤 다른 모델을 선택하거나 페이지를 새로 고쳐 주세요.",
    ),
    "timeline.run.frame": (
        "Pictures that the model made at this step; choose one with the arrow keys",
        "이 스텝에서 모델이 만든 그림들. 방향 키로 하나를 고릅니다",
    ),
    "timeline.run.controls": ("Playback", "재생"),
    "timeline.run.position": ("Position in the training run", "학습 과정에서의 위치"),
    "timeline.run.play": ("Play (space bar)", "재생 (스페이스 바)"),
    "timeline.run.pause": ("Pause (space bar)", "일시 정지 (스페이스 바)"),
    "timeline.run.speed": ("Speed", "속도"),
    "timeline.run.step": ("step", "스텝"),
    "timeline.run.epoch": ("epoch", "에포크"),
    "timeline.run.magnifier": (
        "One picture through training: point at another one above, or tap it.",
        "그림 하나의 변화입니다. 위에서 다른 그림을 가리키거나 누르면 바뀝니다.",
    ),
    "timeline.run.now": ("The chosen picture at this step", "이 스텝에서의 선택한 그림"),
    "timeline.run.strip": ("The chosen picture at ten steps", "열 개 스텝에서의 선택한 그림"),
    "timeline.run.no_frames": (
        "No pictures of its training come with this model.",
        "이 모델에는 학습 중의 그림이 없습니다.",
    ),
    "timeline.run.no_curves": (
        "No curves come with this model: its history.csv is missing, damaged or too large.",
        "이 모델에는 학습 곡선이 없습니다. history.csv가 없거나, 손상되었거나, 너무 큽니다.",
    ),
    "timeline.run.group.opinion": ("What D thinks", "판별자의 판단"),
    "timeline.run.group.value": ("Value V(D, G)", "가치 함수 V(D, G)"),
    "timeline.run.group.game": ("Losses of the players", "두 신경망의 손실"),
    "timeline.run.group.cycle": ("Cycle error, test", "순환 오차, 테스트"),
    "timeline.run.group.l1": ("L1 to the counterpart, test", "짝 이미지와의 L1, 테스트"),
    "timeline.run.group.ssim": ("SSIM with the counterpart, test", "짝 이미지와의 SSIM, 테스트"),
    "timeline.run.group.domain": ("Taken for the target set, test", "목표 집합으로 분류된 비율, 테스트"),
    "timeline.run.group.quarters": ("Loss by the amount of noise", "잡음의 양에 따른 손실"),
    "timeline.run.group.loss": ("Loss", "손실"),
    "timeline.run.group.regulariser": ("Regulariser", "규제 항"),
    "timeline.run.equilibrium.opinion": ("equilibrium 1/2", "균형점 1/2"),
    "timeline.run.equilibrium.value": ("equilibrium −log 4 ≈ −1.386", "균형점 −log 4 ≈ −1.386"),
    "timeline.run.column.d_real": ("D(x)", "D(x)"),
    "timeline.run.column.d_fake": ("D(G(z))", "D(G(z))"),
    "timeline.run.column.d_fake_after": ("after D's step", "D 갱신 후"),
    "timeline.run.column.value": ("V", "V"),
    "timeline.run.column.loss_d": ("loss D", "판별자"),
    "timeline.run.column.loss_g": ("loss G", "생성자"),
    "timeline.run.column.loss_d_a": ("D of A", "A의 판별자"),
    "timeline.run.column.loss_d_b": ("D of B", "B의 판별자"),
    "timeline.run.column.loss_g_ab": ("G from A to B", "A→B 생성자"),
    "timeline.run.column.loss_g_ba": ("G from B to A", "B→A 생성자"),
    "timeline.run.column.cycle_loss": ("cycle loss", "순환 손실"),
    "timeline.run.column.identity_loss": ("identity loss", "항등 손실"),
    "timeline.run.column.test_cycle_l1_a": ("from A", "A에서 출발"),
    "timeline.run.column.test_cycle_l1_b": ("from B", "B에서 출발"),
    "timeline.run.column.test_l1_ab": ("A to B", "A→B"),
    "timeline.run.column.test_l1_ba": ("B to A", "B→A"),
    "timeline.run.column.test_ssim_ab": ("A to B", "A→B"),
    "timeline.run.column.test_ssim_ba": ("B to A", "B→A"),
    "timeline.run.column.test_domain_ab": ("A to B", "A→B"),
    "timeline.run.column.test_domain_ba": ("B to A", "B→A"),
    "timeline.run.column.loss": ("total", "전체"),
    "timeline.run.column.test_loss": ("total, test", "전체, 테스트"),
    "timeline.run.column.loss_quarter_1": ("little noise", "적은 잡음"),
    "timeline.run.column.loss_quarter_2": ("more", "더 많은 잡음"),
    "timeline.run.column.loss_quarter_3": ("much", "많은 잡음"),
    "timeline.run.column.loss_quarter_4": ("nearly noise alone", "거의 잡음뿐"),
    "timeline.run.column.test_loss_quarter_1": ("little noise, test", "적은 잡음, 테스트"),
    "timeline.run.column.test_loss_quarter_2": ("more, test", "더 많은 잡음, 테스트"),
    "timeline.run.column.test_loss_quarter_3": ("much, test", "많은 잡음, 테스트"),
    "timeline.run.column.test_loss_quarter_4": ("nearly noise alone, test", "거의 잡음뿐, 테스트"),
    "timeline.run.column.recon": ("reconstruction", "재구성"),
    "timeline.run.column.test_recon": ("reconstruction, test", "재구성, 테스트"),
    "timeline.run.column.kl": ("KL", "KL"),
    "timeline.run.column.test_kl": ("KL, test", "KL, 테스트"),
    "timeline.run.column.penalty": ("penalty", "벌점"),
    "timeline.run.column.test_penalty": ("penalty, test", "벌점, 테스트"),
    "timeline.run.column.test_lenet_fid": ("LeNet-FID", "LeNet-FID"),
    "timeline.run.column.lenet_fid": ("LeNet-FID: distance to real digits", "LeNet-FID: 실제 숫자와의 거리"),
}
