"""What the lecture mode says: its buttons, and `lecture.<step>` for each of STEPS in page/lecture.py."""

TEXT = {
    "lecture.open": ("Lecture mode", "강의 모드"),
    "lecture.region": ("Lecture", "강의"),
    "lecture.previous": ("Previous step", "이전 단계"),
    "lecture.next": ("Next step", "다음 단계"),
    "lecture.full_screen": ("Full screen (F)", "전체 화면 (F)"),
    "lecture.leave": ("Leave the lecture (Esc)", "강의 마치기 (Esc)"),
    "lecture.to_picture": ("To the picture", "그림으로 이동"),
    "lecture.overview": ("All steps (O)", "모든 단계 (O)"),
    "lecture.notes": ("Speaker's notes (N)", "발표자 메모 (N)"),
    "lecture.code_of_step": ("QR code of this step (Q)", "이 단계의 QR 코드 (Q)"),
    "lecture.close": ("Close", "닫기"),
    "lecture.end": ("The end", "마무리"),
    "lecture.short": ("● also in the short lecture", "● 짧은 강의에도 있는 단계"),
    "lecture.time": (
        "{minutes} min · until here {sum} of {all}",
        "{minutes}분 · 여기까지 {sum}분 / 전체 {all}분",
    ),
    "lecture.question": ("Question", "질문"),
    "lecture.answer": ("Answer", "답"),
    "lecture.scan": ("Open this step on your phone", "휴대폰으로 이 단계 열기"),
    "lecture.heights": (
        "## To make, think of a distribution\n\nSixty people on a line: make sixty more. With the smallest "
        "and the largest alone every height between is equally likely, and the crowd below the line looks "
        "wrong. The score says how wrong: one new person beyond the range is enough for $-\\infty$.\n\n"
        "$$p(x)=\\frac1{x_{\\max}-x_{\\min}}$$",
        "## 만들려면 분포를 생각하자\n\n선 위의 예순 명을 보고 예순 명을 더 만들어 봅시다. 최솟값과 "
        "최댓값만 쓰면 그 사이의 키는 모두 확률이 같고, 선 아래에 만들어진 사람들은 어색합니다. 얼마나 "
        "틀렸는지는 점수가 말해 줍니다. 범위를 벗어난 새 사람이 한 명만 있어도 $-\\infty$입니다.\n\n"
        "$$p(x)=\\frac1{x_{\\max}-x_{\\min}}$$",
    ),
    "lecture.spread": (
        "## Mean and spread\n\nTwo numbers make a distribution: $p(x)$ is set from data, new people are "
        "drawn from it, and people whom it has not seen score it. These three steps return with every "
        "model of the lecture.\n\n$$p(x)=\\mathcal N(x;\\mu,\\sigma^2)$$",
        "## 평균과 퍼진 정도\n\n숫자 두 개로 분포가 하나 정해집니다. 데이터로 $p(x)$를 정하고, $p(x)$에서 "
        "새 사람을 뽑고, 처음 보는 사람들로 채점합니다. 이 세 단계는 강의의 모든 모델에서 되풀이됩니다.\n\n"
        "$$p(x)=\\mathcal N(x;\\mu,\\sigma^2)$$",
    ),
    "lecture.mixture": (
        "## One hump or two?\n\nWomen and men together: vote first. A mixture of two normals finds two "
        "groups although nobody tells it who belongs to which, and the score of left-out people says "
        "whether it is worth it.\n\n$$p(x)=\\pi\\,\\mathcal N(x;\\mu_1,\\sigma_1^2)+{(1-\\pi)}\\,\\mathcal "
        "N(x;\\mu_2,\\sigma_2^2)$$",
        "## 봉우리는 하나일까, 둘일까?\n\n여성과 남성을 함께 놓았습니다. 먼저 투표해 봅시다. 두 정규분포의 "
        "혼합은 누가 어느 쪽인지 알려 주지 않아도 두 무리를 찾아냅니다. 그럴 만한 가치가 있는지는 빼놓은 "
        "사람들의 점수가 말해 줍니다.\n\n$$p(x)=\\pi\\,\\mathcal "
        "N(x;\\mu_1,\\sigma_1^2)+{(1-\\pi)}\\,\\mathcal N(x;\\mu_2,\\sigma_2^2)$$",
    ),
    "lecture.classify": (
        "## Two ways to tell apart\n\nOne way fits only where the answer changes: $P(Y\\,|\\,X)$, the "
        "S-curve below. The other fits what each kind is like, $P(X\\,|\\,Y)$, the two curves above; Bayes "
        "makes the same S-curve of them. Drag one person far away: the one boundary hardly moves, the "
        "other does.\n\n$$P(Y\\,|\\,X)=\\frac{P(X\\,|\\,Y)\\,P(Y)}{P(X)}$$",
        "## 가르는 두 가지 방법\n\n한 방법은 답이 어디서 바뀌는지, 곧 아래의 S자 곡선 $P(Y\\,|\\,X)$만 "
        "맞춥니다. 다른 방법은 각 무리가 어떻게 생겼는지, 곧 위의 두 곡선 $P(X\\,|\\,Y)$를 맞추고, 베이즈 "
        "정리가 거기서 같은 S자 곡선을 얻습니다. 한 사람을 멀리 끌어 보세요. 한쪽 경계는 거의 그대로인데 "
        "다른 쪽은 움직입니다.\n\n$$P(Y\\,|\\,X)=\\frac{P(X\\,|\\,Y)\\,P(Y)}{P(X)}$$",
    ),
    "lecture.generate": (
        "## Only one of them can make\n\nHide a measurement, ask where nobody is, draw a person: whoever "
        "knows $P(X\\,|\\,Y)$ can answer, whoever knows only the boundary cannot. From here on the lecture "
        "is about $p(x)$, first of heights, then of pictures.\n\n$$y\\sim P(Y),\\qquad x\\sim P(X\\,|\\,"
        "Y=y)$$",
        "## 만들 수 있는 것은 한쪽뿐\n\n값 하나를 가리고, 아무도 없는 곳에 묻고, 사람을 하나 뽑아 보세요. "
        "$P(X\\,|\\,Y)$를 아는 쪽은 답할 수 있고, 경계만 아는 쪽은 답할 수 없습니다. 이제부터 강의는 "
        "$p(x)$에 관한 것입니다. 처음은 키였고, 다음은 그림입니다.\n\n$$y\\sim P(Y),\\qquad x\\sim "
        "P(X\\,|\\,Y=y)$$",
    ),
    "lecture.tree": (
        "## A tree of densities\n\nAll of them want $p(x)$; they differ in what one may ask. *Explicit*: a "
        "formula, exact or a bound. *Implicit*: only samples. Solid is the tree of 2017, dashed what was "
        "not in it. Three questions for every leaf: how is $p(x)$ set, can one draw, can $p(x)$ be "
        "asked?\n\n$$\\max_\\theta\\;\\mathbb E_{x}\\big[\\log p_\\theta(x)\\big]$$",
        "## 밀도의 나무\n\n모두 $p(x)$를 원하지만, 물을 수 있는 것이 다릅니다. *명시적 밀도*는 식이 있어서 "
        "정확한 값이나 하한을 답하고, *암묵적 밀도*는 표본만 냅니다. 실선은 2017년의 나무이고 점선은 그 "
        "나무에 없던 것입니다. 잎마다 세 가지를 묻습니다. $p(x)$를 어떻게 정하는가, 뽑을 수 있는가, "
        "$p(x)$를 물을 수 있는가?\n\n$$\\max_\\theta\\;\\mathbb E_{x}\\big[\\log p_\\theta(x)\\big]$$",
    ),
    "lecture.exact": (
        "## Tractable: an exact answer\n\nA normalizing flow bends noise into two moons. Because the map "
        "can be undone, every point has an exact density. It can stretch the plane, not tear it: look for "
        "the bridge between the moons.\n\n$$\\log p(x)=\\log\\mathcal "
        "N\\big(f(x);0,I\\big)+\\log\\left|\\det\\frac{\\partial f}{\\partial x}\\right|$$",
        "## 계산 가능: 정확한 답\n\n정규화 흐름은 잡음을 구부려 두 반달을 만듭니다. 되돌릴 수 있는 "
        "변환이므로 모든 점의 밀도를 정확히 압니다. 평면을 늘일 수는 있어도 찢을 수는 없습니다. 두 반달 "
        "사이의 다리를 찾아보세요.\n\n$$\\log p(x)=\\log\\mathcal "
        "N\\big(f(x);0,I\\big)+\\log\\left|\\det\\frac{\\partial f}{\\partial x}\\right|$$",
    ),
    "lecture.bound": (
        "## Approximate: a bound\n\nThe VAE's $p(x)$ is an integral over $z$. It learns from a lower "
        "bound, the ELBO; more samples of $z$ lift the bound. In the plane the integral can be added up, "
        "so that the gap is on the screen: drag the question mark.\n\n"
        "$$\\text{ELBO}\\le\\text{IW}_{k}\\le\\log p(x)=\\log\\int p(x\\,|\\,z)\\,p(z)\\,dz$$",
        "## 근사: 하한\n\nVAE의 $p(x)$는 $z$에 대한 적분입니다. 하한인 ELBO로 학습하고, $z$를 더 많이 "
        "뽑으면 하한이 올라갑니다. 평면에서는 이 적분을 직접 더할 수 있어서 틈이 화면에 보입니다. 물음표를 "
        "드래그해 보세요.\n\n$$\\text{ELBO}\\le\\text{IW}_{k}\\le\\log p(x)=\\log\\int p(x\\,|\\,"
        "z)\\,p(z)\\,dz$$",
    ),
    "lecture.implicit": (
        "## Implicit: only samples\n\nThe GAN has learned a way to draw and nothing else: how likely a "
        "point is cannot be asked. Bumps on its samples give a number, but move the width and the number "
        "moves: it is the ruler's answer.\n\n$$x=G(z),\\quad z\\sim\\mathcal N(0,I),\\qquad p(x)=\\;?$$",
        "## 암묵적: 표본만\n\nGAN이 배운 것은 뽑는 방법뿐입니다. 한 점이 얼마나 그럴듯한지 물을 수 "
        "없습니다. 표본 위에 커널을 놓으면 숫자가 나오지만, 폭을 바꾸면 숫자도 바뀝니다. 그것은 자의 "
        "답입니다.\n\n$$x=G(z),\\quad z\\sim\\mathcal N(0,I),\\qquad p(x)=\\;?$$",
    ),
    "lecture.pixels": (
        "## Digits, exactly\n\nThe chain rule cuts the probability of a picture into 784 questions, one a "
        "pixel. A network answers them, and 784 coins make a digit. Watch the shade before each coin "
        "falls: most pixels are sure, the edges of strokes are not.\n\n$$p(x)=\\prod_{i=1}^{784}p(x_i\\,|\\,"
        "x_1,\\dots,x_{i-1})$$",
        "## 숫자 그림의 확률을 정확히\n\n연쇄 법칙은 그림의 확률을 픽셀마다 하나씩, 784개의 질문으로 "
        "나눕니다. 신경망이 답하고 동전 784개가 숫자를 그립니다. 동전이 떨어지기 전의 밝기를 보세요. "
        "대부분의 픽셀은 분명하고, 획의 가장자리는 그렇지 않습니다.\n\n$$p(x)=\\prod_{i=1}^{784}p(x_i\\,|\\,"
        "x_1,\\dots,x_{i-1})$$",
    ),
    "lecture.complete": (
        "## Given the beginning, the rest\n\nWhat comes first in reading order can be given: the rest is "
        "drawn from the exact conditional. Drag the seam. The same model says how likely the whole digit "
        "is; the VAE gives a bound, the GAN nothing.\n\n$$p(x_{>k}\\,|\\,x_{\\le k})=\\prod_{i>k}p(x_i\\,|\\,"
        "x_1,\\dots,x_{i-1})$$",
        "## 앞부분을 주면 나머지를\n\n읽는 순서로 앞부분을 주면 나머지를 정확한 조건부 분포에서 뽑습니다. "
        "경계선을 끌어 보세요. 같은 모델이 숫자 전체가 얼마나 그럴듯한지도 말합니다. VAE는 하한을 주고, "
        "GAN은 아무 값도 주지 못합니다.\n\n$$p(x_{>k}\\,|\\,x_{\\le k})=\\prod_{i>k}p(x_i\\,|\\,"
        "x_1,\\dots,x_{i-1})$$",
    ),
    "lecture.likely": (
        "## Likely is not typical\n\nFive pictures: vote on their order, then ask the models. Simple "
        "pictures hold few surprises, so that a density gives them much, whether or not they look like "
        "data.\n\n$$-\\log p(x)=\\sum_i-\\log p(x_i\\,|\\,x_1,\\dots,x_{i-1})$$",
        "## 그럴듯함은 전형적임이 아니다\n\n그림 다섯 장의 순서를 먼저 투표하고 모델에 물어보세요. 단순한 "
        "그림에는 놀라운 픽셀이 적습니다. 그래서 데이터를 닮았든 아니든 밀도는 큰 값을 줍니다.\n\n$$-\\log "
        "p(x)=\\sum_i-\\log p(x_i\\,|\\,x_1,\\dots,x_{i-1})$$",
    ),
    "lecture.autoencoder": (
        "## The autoencoder\n\nAn encoder $f$ squeezes 784 pixels into a few numbers; a decoder $g$ (the "
        "lecture writes $G$) paints the digit again from these alone. Both learn together, from nothing "
        "but the error at the far end.\n\n$$\\min_{f,\\,g}\\;\\mathbb E_x\\,\\lVert x-g(f(x))\\rVert^2$$",
        "## 오토인코더\n\n인코더 $f$는 784개의 픽셀을 몇 개의 값으로 압축하고, 디코더 $g$(강의에서는 "
        "$G$)는 그 값만 보고 그림을 다시 그립니다. 둘은 재구성 오차 하나만을 기준으로 함께 학습합니다.\n\n"
        "$$\\min_{f,\\,g}\\;\\mathbb E_x\\,\\lVert x-g(f(x))\\rVert^2$$",
    ),
    "lecture.code": (
        "## The latent vector\n\nOnly the latent vector $z=f(x)$ passes the middle. With two numbers in "
        "place of 32, this 4 does not fit through: it comes out as a 0. What is lost in $z$, no decoder "
        "brings back.\n\n$$x\\in[0,1]^{784}\\;\\longmapsto\\;z\\in\\mathbb R^{2}\\;\\longmapsto\\;x'$$",
        "## 잠재 벡터\n\n가운데를 통과하는 것은 잠재 벡터 $z=f(x)$뿐입니다. 32개 대신 2개의 값만 쓰면 이 "
        "4는 제대로 담기지 못해 0으로 복원됩니다. $z$에서 잃어버린 정보는 어떤 디코더도 되살릴 수 "
        "없습니다.\n\n$$x\\in[0,1]^{784}\\;\\longmapsto\\;z\\in\\mathbb R^{2}\\;\\longmapsto\\;x'$$",
    ),
    "lecture.sparse": (
        "## SAE: sparse\n\n128 units, of which at most 16 may be active: the largest stay. Choose other "
        "digits, and other units light up; none is on for more than a quarter of them. Click a bar: its "
        "unit goes off, and the picture beside it is what it drew, most often a small part of a stroke.\n\n"
        "$$\\lVert x-g(z)\\rVert^2,\\qquad\\lVert z\\rVert_0\\le16$$",
        "## SAE: 희소 오토인코더\n\n유닛은 128개이지만 가장 큰 16개까지만 활성화됩니다. 다른 숫자를 고르면 "
        "다른 유닛이 켜지고, 어느 유닛도 전체 숫자의 4분의 1 넘게 켜지지는 않습니다. 막대를 누르면 그 "
        "유닛이 꺼지고, 옆에는 그 유닛이 그리던 부분이 보입니다. 대개 획의 작은 일부입니다.\n\n$$\\lVert "
        "x-g(z)\\rVert^2,\\qquad\\lVert z\\rVert_0\\le16$$",
    ),
    "lecture.denoising": (
        "## DAE: denoising\n\nIt sees the noisy $\\tilde x$ and must answer with the clean $x$. Copying "
        "does not help: it has to know what digits look like. Raise the noise until it fails.\n\n$$\\lVert "
        "x-g(f(\\tilde x))\\rVert^2,\\qquad\\tilde x\\sim q(\\tilde x\\,|\\,x)$$",
        "## DAE: 잡음 제거 오토인코더\n\n잡음이 섞인 $\\tilde x$를 보고 깨끗한 $x$를 출력해야 합니다. "
        "입력을 베껴서는 안 되고 숫자가 어떻게 생겼는지 알아야 합니다. 실패할 때까지 잡음을 키워 "
        "보세요.\n\n$$\\lVert x-g(f(\\tilde x))\\rVert^2,\\qquad\\tilde x\\sim q(\\tilde x\\,|\\,x)$$",
    ),
    "lecture.contractive": (
        "## CAE: contractive\n\nHere the encoder itself must be insensitive: a small change of $x$ should "
        "hardly move $z$. The penalty is the squared Frobenius norm of its Jacobian.\n\n$$\\lVert "
        "x-g(f(x))\\rVert^2+\\lambda\\,\\lVert\\partial f/\\partial x\\rVert_F^2$$",
        "## CAE: 수축 오토인코더\n\n이번에는 인코더 자체가 둔감해야 합니다. $x$가 조금 변해도 $z$는 거의 "
        "움직이지 않아야 하므로, 야코비안의 프로베니우스 노름 제곱을 벌점으로 더합니다.\n\n$$\\lVert "
        "x-g(f(x))\\rVert^2+\\lambda\\,\\lVert\\partial f/\\partial x\\rVert_F^2$$",
    ),
    "lecture.conv": (
        "## Convolutional\n\nThe same loss, other layers: convolutions look at neighbouring pixels and "
        "share their weights over the picture. Same 32 numbers, less error.\n\n$$\\lVert "
        "x-g(f(x))\\rVert^2$$",
        "## 합성곱 오토인코더\n\n손실은 같고 층만 바뀝니다. 합성곱은 이웃한 픽셀을 함께 보고 그림 전체에서 "
        "같은 가중치를 씁니다. 똑같이 값 32개를 쓰지만 오차는 더 작습니다.\n\n$$\\lVert "
        "x-g(f(x))\\rVert^2$$",
    ),
    "lecture.family": (
        "## One bench for all\n\nThe same noisy digit through every relative. Which model was trained for "
        "noise, which one only tolerates it, and which one takes it for strokes?",
        "## 한자리에서 비교하기\n\n같은 잡음 입력을 모든 모델에 넣었습니다. 잡음에 대비해 학습한 모델, "
        "잡음에 덜 흔들리는 모델, 잡음을 획으로 착각하는 모델은 각각 무엇일까요?",
    ),
    "lecture.holes": (
        "## The holes\n\nCould we *make* digits by picking $z$ ourselves? Both maps have places between "
        "the digits where the decoder paints a blur: here is one of the autoencoder's. What it lacks is a "
        "place to draw from: its latent vectors lie in rays as far out as 22, those of the VAE around 0. "
        "Drag.",
        "## 빈 곳\n\n$z$를 직접 골라 숫자를 *만들* 수 있을까요? 두 지도 모두 숫자와 숫자 사이에 얼룩이 "
        "나오는 곳이 있습니다. 지금 보이는 것은 오토인코더의 얼룩입니다. 오토인코더에 없는 것은 표본을 "
        "뽑을 자리입니다. 잠재 벡터가 방사형으로 22까지 뻗어 있지만, VAE에서는 0 둘레에 모여 있습니다. "
        "드래그해 보세요.",
    ),
    "lecture.vae": (
        "## The variational autoencoder\n\nThe encoder answers with a distribution: $\\mu$ and $\\sigma$, "
        "the ellipse in the enlarged corner of the map. The second term pulls all of them towards one "
        "Gaussian, from which samples can be drawn.\n\n$$\\begin{gathered}\\max_{p,\\,q}\\;\\mathbb "
        "E_{q(z\\,|\\,x)}\\big[\\log p(x\\,|\\,z)\\big]\\\\-\\,D_{\\mathrm{KL}}\\big(q(z\\,|\\,"
        "x)\\,\\Vert\\,\\mathcal N(0,I)\\big)\\end{gathered}$$",
        "## 변분 오토인코더 (VAE)\n\n인코더는 점이 아니라 분포를 출력합니다. 지도 구석에 확대한 타원이 그 "
        "$\\mu$와 $\\sigma$입니다. 둘째 항이 모든 분포를 하나의 정규분포로 끌어당기므로 거기에서 표본을 "
        "뽑을 수 있습니다.\n\n$$\\begin{gathered}\\max_{p,\\,q}\\;\\mathbb E_{q(z\\,|\\,x)}\\big[\\log "
        "p(x\\,|\\,z)\\big]\\\\-\\,D_{\\mathrm{KL}}\\big(q(z\\,|\\,x)\\,\\Vert\\,\\mathcal "
        "N(0,I)\\big)\\end{gathered}$$",
    ),
    "lecture.sampling": (
        "## Sampling\n\nNow the decoder is a generator: draw noise, decode it. The VAE gives digits, "
        "blurred because it paints the mean of all that fit. The plain autoencoder, fed with the same "
        "noise, gives none.\n\n$$z\\sim\\mathcal N(0,I),\\qquad x=g(z)$$",
        "## 표본 추출\n\n이제 디코더가 곧 생성자입니다. 잡음을 뽑아 디코딩하면 됩니다. VAE는 가능한 "
        "그림들의 평균을 그리므로 흐릿하지만 숫자를 만들고, 같은 잡음을 받은 기본 오토인코더는 숫자를 "
        "만들지 못합니다.\n\n$$z\\sim\\mathcal N(0,I),\\qquad x=g(z)$$",
    ),
    "lecture.interpolation": (
        "## Interpolation\n\nWalk from one latent vector straight to another and decode on the way. From "
        "this 2 to this 6 the VAE shows a digit nearly all the way, and the autoencoder crosses a blur. "
        "That depends on the pair: on others the autoencoder does as well. Try some.\n\n"
        "$$z_t=(1-t)\\,z_0+t\\,z_1$$",
        "## 보간\n\n한 잠재 벡터에서 다른 잠재 벡터까지 직선으로 이동하며 디코딩합니다. 이 2에서 이 6까지 "
        "VAE는 거의 내내 숫자를 그리고, 오토인코더는 얼룩을 지나갑니다. 결과는 쌍에 따라 다르며, "
        "오토인코더가 그만큼 잘하는 쌍도 있습니다. 다른 숫자도 골라 보세요.\n\n$$z_t=(1-t)\\,z_0+t\\,z_1$$",
    ),
    "lecture.game": (
        "## The GAN game\n\nThere is no original to compare with any more. A discriminator $D$ says how "
        "real a point is, and the generator $G$ learns to fool it. Press **Run** and watch the orange "
        "points find all eight modes.\n\n$$\\begin{gathered}\\min_G\\max_D\\;\\mathbb E_{x}\\big[\\log "
        "D(x)\\big]\\\\+\\,\\mathbb E_{z}\\big[\\log(1-D(G(z)))\\big]\\end{gathered}$$",
        "## GAN 게임\n\n이제 원본과 비교하는 오차는 쓰지 않습니다. 판별자 $D$는 점이 진짜일 확률을 "
        "출력하고, 생성자 $G$는 $D$를 속이도록 학습합니다. **실행**을 누르고 주황색 점이 여덟 모드를 모두 "
        "찾아가는 모습을 보세요.\n\n$$\\begin{gathered}\\min_G\\max_D\\;\\mathbb E_{x}\\big[\\log "
        "D(x)\\big]\\\\+\\,\\mathbb E_{z}\\big[\\log(1-D(G(z)))\\big]\\end{gathered}$$",
    ),
    "lecture.collapse": (
        "## Mode collapse\n\nIf $G$ learns too fast, it throws all its points on the one place that fools "
        "$D$ best, and leaps elsewhere when $D$ catches up. Press **Run**, then apply the remedy.",
        "## 모드 붕괴\n\n$G$가 너무 빨리 학습하면 $D$를 가장 잘 속이는 한 곳에 모든 점을 몰아넣고, $D$가 "
        "따라오면 다른 곳으로 건너뜁니다. **실행**을 누른 뒤 해결책을 적용해 보세요.",
    ),
    "lecture.gan": (
        "## Digits from a GAN\n\nThe same game with pictures. Beside the VAE's digits from the same noise "
        "the strokes are sharp: $D$ learns to reject blur. The best come first, by $D(G(z))$: look at the "
        "last.\n\n$$z\\sim\\mathcal N(0,I),\\qquad x=G(z)$$",
        "## GAN이 그린 숫자\n\n같은 게임을 그림으로 합니다. $D$가 흐릿한 그림을 거르도록 학습하므로, "
        "나란히 놓인 VAE보다 획이 선명합니다. $D(G(z))$가 높은 것부터 늘어놓았습니다. 맨 끝을 보세요.\n\n"
        "$$z\\sim\\mathcal N(0,I),\\qquad x=G(z)$$",
    ),
    "lecture.dcgan": (
        "## DCGAN\n\nBoth players become convolutional, and the speckles go. Press play on the walk: each "
        "step in $z$ is a small step in the picture.",
        "## DCGAN\n\n두 신경망을 합성곱 신경망으로 바꾸면 잡티가 사라집니다. 아래의 **잠재 공간 보간**을 "
        "재생해 보세요. $z$가 조금 움직이면 그림도 조금만 변합니다.",
    ),
    "lecture.training": (
        "## How it learned\n\nThe same latent vectors from the first step to the last: press play. The "
        "curves do not simply fall as a loss should: each player learns against the other, and the game "
        "ends in a balance.\n\n$$D(x)\\to\\tfrac12,\\qquad D(G(z))\\to\\tfrac12$$",
        "## 학습 과정\n\n같은 잠재 벡터를 첫 스텝부터 마지막 스텝까지 따라갑니다. 재생을 눌러 보세요. 두 "
        "신경망이 서로를 상대로 학습하므로 곡선은 보통의 손실처럼 꾸준히 줄어들지 않고 균형으로 갑니다.\n\n"
        "$$D(x)\\to\\tfrac12,\\qquad D(G(z))\\to\\tfrac12$$",
    ),
    "lecture.cyclegan": (
        "## CycleGAN: there\n\nTranslate flat emoji into rendered ones, without a single pair to learn "
        "from. $D_B$ only says whether $G_{AB}(a)$ looks like any picture of $B$.\n\n$$G_{AB}:A\\to B$$",
        "## CycleGAN: 가는 길\n\n짝지어진 예가 하나도 없이 평면 이모지를 입체 이모지로 변환합니다. $D_B$는 "
        "$G_{AB}(a)$가 $B$의 그림처럼 보이는지만 말합니다.\n\n$$G_{AB}:A\\to B$$",
    ),
    "lecture.back": (
        "## … back\n\nA second generator goes the other way, with a game of its own: from rendered to "
        "flat.\n\n$$G_{BA}:B\\to A$$",
        "## … 돌아오는 길\n\n두 번째 생성자는 반대 방향, 곧 입체에서 평면으로 변환하며 따로 판별자와 "
        "겨룹니다.\n\n$$G_{BA}:B\\to A$$",
    ),
    "lecture.cycle": (
        "## … and round\n\nWhat keeps a carrot a carrot? Going there and back must end where it began. The "
        "error map shows what got lost on the way.\n\n$$\\lambda\\,({\\lVert "
        "G_{BA}(G_{AB}(a))-a\\rVert_1}+{\\lVert G_{AB}(G_{BA}(b))-b\\rVert_1})$$",
        "## … 그리고 한 바퀴\n\n당근이 당근으로 남는 까닭은 무엇일까요? 갔다가 돌아오면 출발한 그림이어야 "
        "하기 때문입니다. 오차 지도는 도중에 잃은 것을 보여 줍니다.\n\n$$\\lambda\\,({\\lVert "
        "G_{BA}(G_{AB}(a))-a\\rVert_1}+{\\lVert G_{AB}(G_{BA}(b))-b\\rVert_1})$$",
    ),
    "lecture.noise": (
        "## A digit drowns\n\nThe way into noise is a rule: mix the picture with Gaussian noise, more and "
        "more of it. Nobody learns it, it is an encoder with nothing to train. Drag along the strips: at "
        "which $t$ do you still see the 3?\n\n"
        "$$x_t=a_t\\,x_0+\\sigma_t\\,\\varepsilon,\\qquad\\varepsilon\\sim\\mathcal N(0,I)$$",
        "## 숫자가 노이즈에 잠긴다\n\n노이즈로 가는 길은 규칙입니다. 그림에 가우시안 노이즈를 점점 더 많이 "
        "섞습니다. 배울 것이 하나도 없는 인코더인 셈입니다. 띠 위를 드래그해 보세요. 어느 $t$까지 3이 "
        "보입니까?\n\n$$x_t=a_t\\,x_0+\\sigma_t\\,\\varepsilon,\\qquad\\varepsilon\\sim\\mathcal N(0,I)$$",
    ),
    "lecture.denoise": (
        "## … and returns\n\nThe loss is that of the denoising autoencoder, at every strength of noise. To "
        "make a digit, start with noise alone and take away a little at each step. The middle strip is "
        "what the network believes: first a blur, the mean of many threes, then ever surer. There is no "
        "adversary, but sixteen steps.\n\n$$\\min_\\theta\\;\\mathbb "
        "E_{x_0,\\,\\varepsilon,\\,t}\\,\\lVert\\varepsilon-\\varepsilon_\\theta(x_t,t)\\rVert^2$$",
        "## … 그리고 돌아온다\n\n손실은 잡음 제거 오토인코더와 같고, 노이즈의 모든 세기에서 배웁니다. "
        "숫자를 만들려면 순수한 노이즈에서 시작해 단계마다 조금씩 걷어 냅니다. 가운데 띠는 신경망이 믿는 "
        "숫자입니다. 처음에는 수많은 3의 평균처럼 흐릿하다가 점점 또렷해집니다. 상대하는 판별자는 없지만, "
        "열여섯 단계가 걸립니다.\n\n$$\\min_\\theta\\;\\mathbb "
        "E_{x_0,\\,\\varepsilon,\\,t}\\,\\lVert\\varepsilon-\\varepsilon_\\theta(x_t,t)\\rVert^2$$",
    ),
    "lecture.networks": (
        "## What should it answer?\n\nNoise, digit or a mixture of both: any of them gives the others. The "
        "three networks start with the same noise and end at nearly the same 3. Look at the left end of "
        "the middle strips: where only noise is, $x_0$ cannot be found by subtracting noise.\n\n"
        "$$\\varepsilon,\\qquad  a_t\\,\\varepsilon-\\sigma_t\\,x_0,\\qquad \\varepsilon-x_0$$",
        "## 무엇을 답하게 할까\n\n노이즈, 숫자, 또는 둘을 섞은 것: 어느 하나를 알면 나머지도 나옵니다. 세 "
        "신경망은 같은 노이즈에서 출발해 거의 같은 3에 이릅니다. 가운데 띠의 왼쪽 끝을 보세요. 노이즈뿐인 "
        "곳에서는 노이즈를 빼서 $x_0$를 찾을 수 없습니다.\n\n$$\\varepsilon,\\qquad  "
        "a_t\\,\\varepsilon-\\sigma_t\\,x_0,\\qquad \\varepsilon-x_0$$",
    ),
    "lecture.guidance": (
        "## Guidance\n\nAsk the network twice, with the digit $y$ and without, and enlarge the difference. "
        "Look down the rows: not asked for, as learned, sharper, all alike, broken. What becomes surer "
        "loses variety. Then let it act in the middle of the way alone: less of it is lost.\n\n"
        "$$\\varepsilon(x_t)+w\\,\\big(\\varepsilon(x_t,y)-\\varepsilon(x_t)\\big)$$",
        "## 가이던스\n\n신경망에 숫자 $y$를 알려 주고 한 번, 알려 주지 않고 한 번 묻고 그 차이를 키웁니다. "
        "줄을 차례로 내려가며 보세요. 주문하지 않은 것, 배운 그대로, 더 선명한 것, 모두 비슷한 것, 망가진 "
        "것입니다. 확실해지는 만큼 다양함을 잃습니다. 이번에는 길의 가운데에서만 주어 보세요. 덜 "
        "잃습니다.\n\n"
        "$$\\varepsilon(x_t)+w\\,\\big(\\varepsilon(x_t,y)-\\varepsilon(x_t)\\big)$$",
    ),
    "lecture.own": (
        "## Your own digit\n\nNoise it as far as $t$ and let it come back. A little noise takes away only "
        "the wobble of your hand. With more of it the network has to guess, and somewhere on the row it "
        "guesses another digit. Ask it for an 8, and your 3 becomes one.",
        "## 내가 쓴 숫자\n\n$t$까지 노이즈를 섞고 되돌려 봅시다. 노이즈가 적으면 손 떨림만 사라집니다. "
        "많아지면 신경망은 짐작해야 하고, 줄의 어디쯤에서 다른 숫자로 짐작합니다. 8을 주문하면 내가 쓴 3이 "
        "8이 됩니다.",
    ),
    "lecture.fill": (
        "## Erase and fill in\n\nThe same network fills in what is missing, though it was never trained "
        "to. At every step the known part is put back with the noise of that step, and the step is done "
        "again until the rest fits.",
        "## 지우고 채워 넣기\n\n같은 신경망이, 배운 적도 없는 빈 곳 채우기를 합니다. 단계마다 아는 부분을 "
        "그 단계만큼의 노이즈를 섞어 되돌려 놓고, 나머지가 어울릴 때까지 그 단계를 되풀이합니다.",
    ),
    "lecture.summary": (
        "## What each can do\n\nThree questions, all families: how is $p(x)$ set, how does one draw, can "
        "$p(x)$ be asked? No family wins everywhere.",
        "## 무엇이 무엇을 잘하나\n\n모든 갈래에 세 가지를 물었습니다. $p(x)$를 어떻게 정하는가, 어떻게 "
        "뽑는가, $p(x)$를 물을 수 있는가? 모든 면에서 이기는 갈래는 없습니다.",
    ),
    "lecture.exercises": (
        "## Five exercises\n\nEach opens the lab in a state of its own. Send the link of what you have "
        "found.",
        "## 다섯 가지 연습\n\n문제마다 실험실이 정해진 상태로 열립니다. 찾은 결과를 링크로 보내 주세요.",
    ),
    "lecture.reading": (
        "## What to read\n\nThe papers behind what we have seen, in the order of the lecture.",
        "## 더 읽을거리\n\n지금까지 본 것을 처음 제안한 논문들입니다. 강의 순서대로 놓았습니다.",
    ),
}
