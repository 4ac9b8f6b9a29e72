"""What the tree tab says of each family: how p(x) is set, drawn from and asked, and what goes wrong."""

TEXT = {
    "tree.play.set.histogram": (
        "By counting how many of the points fall into each cell.",
        "칸마다 점이 몇 개 들었는지 세어서 정합니다.",
    ),
    "tree.play.set.kernels": (
        "By keeping all points: on each stands a bump of width h.",
        "점을 모두 간직하고, 점마다 폭 h의 커널을 놓습니다.",
    ),
    "tree.play.set.gaussians": (
        "By maximum likelihood (EM): share the points out among the Gaussians, fit each to its share, and "
        "again.",
        "최대 가능도로 정합니다(EM). 점을 정규분포들에 나누어 주고, 각 정규분포를 맡은 점들에 맞추기를 "
        "되풀이합니다.",
    ),
    "tree.play.set.autoregressive": (
        "By maximum likelihood: the loss is the exact −log p of the points.",
        "최대 가능도로 정합니다. 손실은 점들의 정확한 −log p입니다.",
    ),
    "tree.play.set.flow": (
        "By maximum likelihood: the map is bent until the points come from likely noise. The loss is the "
        "exact −log p.",
        "최대 가능도로 정합니다. 점들이 그럴듯한 잡음에 대응하도록 변환을 구부리며, 손실은 정확한 −log "
        "p입니다.",
    ),
    "tree.play.set.vae": (
        "By a lower bound: the loss is −ELBO, the error of reconstruction plus how far the codes are from "
        "N(0, I).",
        "하한으로 정합니다. 손실은 −ELBO, 곧 재구성 오차에 잠재 벡터가 N(0, I)에서 벗어난 정도를 더한 "
        "것입니다.",
    ),
    "tree.play.set.energy": (
        "By maximum likelihood: the energy falls where the points are, and rises where the model puts its "
        "own probability.",
        "최대 가능도로 정합니다. 점이 있는 곳의 에너지는 낮아지고, 모델이 확률을 둔 곳의 에너지는 "
        "높아집니다.",
    ),
    "tree.play.set.diffusion": (
        "By telling noise: points are mixed with noise of every strength σ, and the network says what "
        "noise it was.",
        "잡음을 맞히며 배웁니다. 점에 온갖 세기 σ의 잡음을 섞고, 섞인 잡음을 신경망이 맞힙니다.",
    ),
    "tree.play.set.matching": (
        "By telling speeds: a straight path joins each point with noise, and the network says the speed at "
        "a place and a time t.",
        "속도를 맞히며 배웁니다. 점과 잡음을 직선으로 잇고, 시각 t에 그곳을 지나는 속도를 신경망이 맞힙니다.",
    ),
    "tree.play.set.gan": (
        "It is not set. D learns to tell points from samples and G to deceive D: two losses, and neither "
        "is a likelihood.",
        "정하지 않습니다. D는 데이터와 표본을 구별하고 G는 D를 속이도록 학습합니다. 손실이 둘이고, 어느 "
        "쪽도 가능도가 아닙니다.",
    ),
    "tree.play.asked.histogram": (
        "Yes, exactly: the share of the points in the cell, divided by its area.",
        "예, 정확히. 그 칸에 든 점의 비율을 칸의 넓이로 나눈 값입니다.",
    ),
    "tree.play.asked.kernels": (
        "Yes, exactly: the mean of 8,000 bumps, one on each point. All points have to be kept.",
        "예, 정확히. 점마다 놓은 커널 8,000개의 평균입니다. 대신 점을 모두 가지고 있어야 합니다.",
    ),
    "tree.play.asked.gaussians": (
        "Yes, exactly: a sum of K Gaussians, fitted by expectation and maximisation (EM).",
        "예, 정확히. 정규분포 K개의 합이고, EM 알고리즘으로 맞춥니다.",
    ),
    "tree.play.asked.autoregressive": (
        "Yes, exactly: p(x₁) p(x₂ | x₁). A network makes the second factor of x₁.",
        "예, 정확히. p(x₁) p(x₂ | x₁)이고, 둘째 인수는 신경망이 x₁을 보고 만듭니다.",
    ),
    "tree.play.asked.flow": (
        "Yes, exactly: the density of the noise that x comes from, times how much the map stretches there.",
        "예, 정확히. x에 대응하는 잡음의 밀도에, 그곳에서 공간이 늘어난 비율을 곱합니다.",
    ),
    "tree.play.asked.vae": (
        "A lower bound, the ELBO; more samples of z raise it (IW). Here z has two dimensions, so that the "
        "integral can be added up on a grid: the exact value is known beside the bound.",
        "하한(ELBO)만 알 수 있고, z를 더 많이 뽑으면 하한이 올라갑니다(IW). 여기서는 z가 2차원이라 적분을 "
        "격자로 더할 수 있어서, 하한 옆에 정확한 값도 적습니다.",
    ),
    "tree.play.asked.energy": (
        "Only up to a constant: exp(−E(x)) / Z. Here Z is a sum over a grid of the plane, and only here: "
        "with 784 black or white pixels it has 2⁷⁸⁴ terms.",
        "상수배까지만 압니다. exp(−E(x)) / Z에서 Z는 여기서만 평면의 격자를 더해 구합니다. 흑백 픽셀이 "
        "784개면 항이 2⁷⁸⁴개입니다.",
    ),
    "tree.play.asked.diffusion": (
        "It learns from a bound. Asked later, it follows an ODE from x to the noise in 40 steps and adds "
        "up the change of volume: exact up to the steps.",
        "학습은 하한으로 합니다. 학습이 끝난 뒤에는 x에서 잡음까지 ODE를 40단계로 따라가며 부피의 변화를 "
        "더해, 수치 적분의 오차를 제외하면 정확한 값을 얻습니다.",
    ),
    "tree.play.asked.matching": (
        "It learns speeds, and no likelihood is asked. Asked later, it follows the field from x back to "
        "the noise in 40 steps and adds up the change of volume: exact up to the steps.",
        "속도를 배울 뿐, 학습에 가능도가 쓰이지 않습니다. 학습이 끝난 뒤에는 x에서 잡음까지 벡터장을 "
        "40단계로 거슬러 가며 부피의 변화를 더해, 수치 적분의 오차를 제외하면 정확한 값을 얻습니다.",
    ),
    "tree.play.asked.gan": (
        "No. There is only a way to draw. What can be computed is the density of a ruler laid on its "
        "samples: move the slider, and the answer moves.",
        "아니요. 뽑는 방법만 있습니다. 계산할 수 있는 것은 표본 위에 놓은 자의 밀도뿐이어서, 슬라이더를 "
        "움직이면 답이 달라집니다.",
    ),
    "tree.play.sampled.histogram": (
        "Yes: a cell by its count, then anywhere in it.",
        "예. 개수에 비례해 칸을 고르고, 그 안에서 아무 곳이나 고릅니다.",
    ),
    "tree.play.sampled.kernels": (
        "Yes: one of the points, shifted by the bump.",
        "예. 점 하나를 골라 커널만큼 흔듭니다.",
    ),
    "tree.play.sampled.gaussians": (
        "Yes: one of the K Gaussians by its weight, then a point of it.",
        "예. 무게에 따라 정규분포 하나를 고르고, 거기서 점을 뽑습니다.",
    ),
    "tree.play.sampled.autoregressive": (
        "Yes, one coordinate after the other. With 784 pixels that is 784 runs of the network, in order.",
        "예. 좌표를 하나씩 차례로 뽑습니다. 픽셀이 784개면 신경망을 차례로 784번 돌려야 합니다.",
    ),
    "tree.play.sampled.flow": (
        "Yes: noise, sent through the map the other way. The orange grid shows where it goes.",
        "예. 잡음을 반대 방향으로 보냅니다. 주황색 격자가 잡음이 옮겨 간 곳입니다.",
    ),
    "tree.play.sampled.vae": (
        "Yes: noise z, decoded, and blurred by its one σ.",
        "예. 잡음 z를 디코더에 넣고, 하나뿐인 σ만큼 흔듭니다.",
    ),
    "tree.play.sampled.energy": (
        "Here by the cells of the grid. Elsewhere it takes a long random walk (Langevin).",
        "여기서는 격자의 칸으로 뽑습니다. 다른 곳에서는 긴 무작위 걸음(랑주뱅)이 필요합니다.",
    ),
    "tree.play.sampled.diffusion": (
        "Yes, in 40 steps from noise to data: play them, with the field that leads the points.",
        "예. 잡음에서 데이터까지 40단계입니다. 점을 이끄는 벡터장과 함께 재생해 보세요.",
    ),
    "tree.play.sampled.matching": (
        "Yes, in 40 steps from noise to data: play them. All paths that it learned from are straight; the "
        "field is the mean of those that cross, so its own paths bend.",
        "예. 잡음에서 데이터까지 40단계입니다. 재생해 보세요. 학습에 쓴 경로는 모두 직선이지만, 벡터장은 "
        "서로 엇갈리는 경로들의 평균이어서 점이 실제로 지나는 길은 휩니다.",
    ),
    "tree.play.sampled.gan": (
        "Yes, in one step: noise through the generator. That is all it has learned.",
        "예. 잡음을 생성자에 한 번 넣으면 됩니다. 배운 것은 이것뿐입니다.",
    ),
    "tree.play.sample_time": ("1,000 samples: {ms} ms", "1,000개 뽑는 데 {ms} ms"),
    "tree.play.wrong.histogram": (
        "A new point in an empty cell is impossible. Fewer cells blur, more are empty, and every dimension "
        "multiplies them.",
        "빈 칸에 떨어진 새 점은 확률이 0입니다. 칸이 적으면 뭉개지고 많으면 빈 칸이 늘며, 차원마다 칸의 "
        "수가 곱해집니다.",
    ),
    "tree.play.wrong.kernels": (
        "One width for all: too narrow remembers the points, too wide blurs.",
        "폭이 모든 곳에서 같습니다. 좁으면 점을 외우고, 넓으면 뭉갭니다.",
    ),
    "tree.play.wrong.gaussians": (
        "EM climbs to the nearest top. Begin again from other centres, and compare.",
        "EM은 가까운 봉우리로 올라갈 뿐입니다. 다른 중심에서 다시 시작해 비교해 보세요.",
    ),
    "tree.play.wrong.autoregressive": (
        "The order is arbitrary: what depends on x₁ sharply is hard for the network.",
        "순서를 임의로 정해야 합니다. x₁에 따라 급하게 바뀌는 모양은 신경망이 배우기 어렵습니다.",
    ),
    "tree.play.wrong.flow": (
        "It can stretch the plane, not tear it: between parts that are apart a bridge remains.",
        "평면을 늘일 수는 있어도 찢을 수는 없습니다. 떨어진 조각 사이에 다리가 남습니다.",
    ),
    "tree.play.wrong.vae": (
        "One σ for the whole picture, and a bound that pulls the codes together: it blurs.",
        "σ 하나로 전체를 흔들고, 하한이 잠재 벡터를 한곳으로 끌어당깁니다. 그래서 표본이 넓게 번집니다.",
    ),
    "tree.play.wrong.energy": (
        "A smooth network finds it hard to be low in one place and high close by: edges stay soft, and "
        "without Z there is no score.",
        "매끄러운 신경망은 바로 옆과 크게 다른 값을 내기 어려워 가장자리가 흐릿해집니다. Z가 없으면 점수도 "
        "없습니다.",
    ),
    "tree.play.wrong.diffusion": (
        "Many steps for every sample, and its loss says little of its score.",
        "표본마다 여러 단계가 들고, 손실만 보아서는 점수를 알 수 없습니다.",
    ),
    "tree.play.wrong.matching": (
        "Several steps for every sample. Where parts are apart, the field has to part sharply, which a "
        "smooth network learns last.",
        "표본마다 여러 단계가 듭니다. 조각이 떨어져 있으면 벡터장이 그 사이에서 급하게 갈라져야 하는데, "
        "매끄러운 신경망은 그런 곳을 가장 늦게 배웁니다.",
    ),
    "tree.play.wrong.gan": (
        "Nothing in its losses asks for all modes: it may forget some, and no likelihood tells.",
        "손실 어디에도 모든 모드를 내라는 말이 없습니다. 몇 개를 잊을 수 있고, 가능도로도 드러나지 않습니다.",
    ),
}
