"""What the diffusion tab says. `diffusion.play.*` goes to the components, whose scripts pick the language."""

TEXT = {
    "diffusion.tab": ("From noise to a digit", "노이즈에서 숫자로"),
    "diffusion.intro": (
        "A digit drowns in noise by a rule that nobody has to learn: "
        "$x_t=a_t\\,x_0+\\sigma_t\\,\\varepsilon$. One network learns the way back: it looks at $x_t$ and "
        "says which noise is in it, and so which $x_0$. From noise alone it makes a digit, **a small step "
        "at a time**. Below is one such way, computed in your browser from the very weights that training "
        "wrote: what there is, the digit that the network sees in it, and the noise that it sees.",
        "숫자 그림은 정해진 규칙에 따라 노이즈에 잠깁니다: $x_t=a_t\\,x_0+\\sigma_t\\,\\varepsilon$. 이 "
        "규칙은 배울 필요가 없습니다. 신경망 하나가 돌아오는 길을 배웁니다. $x_t$를 보고 그 속의 노이즈를, "
        "따라서 $x_0$를 맞히는 것입니다. 순수한 노이즈에서 시작해 **조금씩, 여러 번에 걸쳐** 숫자를 "
        "만듭니다. 아래는 그런 길 하나를 학습이 남긴 가중치 그대로 이 브라우저에서 계산한 것입니다. 지금의 "
        "그림, 신경망이 그 속에서 보는 숫자, 신경망이 보는 노이즈를 나란히 보여 줍니다.",
    ),
    "diffusion.own": (
        "## Your own digit\n\nDraw a digit, let it be noised as far as $t$, and let the network bring it "
        "back. At small $t$ your stroke stays and is only cleaned. At large $t$ little of it is left, and "
        "another digit may come. Ask for another digit and you make an 8 of your 3.",
        "## 내가 쓴 숫자\n\n숫자를 하나 쓰고, $t$까지 노이즈를 섞은 뒤 신경망이 되돌리게 해 보세요. $t$가 "
        "작으면 내 획이 그대로 남아 다듬어질 뿐이고, $t$가 크면 남은 것이 거의 없어 다른 숫자가 나오기도 "
        "합니다. 다른 숫자를 주문하면 내가 쓴 3이 8이 됩니다.",
    ),
    "diffusion.hint": (
        "**Where it belongs.** ① *How is p(x) set from data?* By one loss, that of the **denoising "
        "autoencoder**: put noise on a picture, have the network take it off. Only that every strength of "
        "noise has its turn, and one network serves all. There is **no encoder to learn** and **no "
        "adversary**: the game of the GAN, which has to be held in balance, is not played.\n\n② *How does "
        "one draw from it?* Step by step, which is **why it is slow**: a GAN asks its network once for a "
        "sample, this one asks 16 times, and twice in each step where guidance acts. One step from noise "
        "alone would give the mean of all digits, as the first predicted $x_0$ shows: blurred, like a "
        "VAE's.\n\n③ *How likely does it find new data?* It stands where the **VAE** stands in the tree of "
        "densities, on the branch of the approximate ones: a diffusion model is a ladder of a thousand "
        "VAEs whose encoders $q(x_t\\,|\\,x_{t-1})$ are fixed, and its loss is a bound on $\\log p(x)$ with "
        "the terms weighted differently.\n\n**What guidance does.** The network is asked with the digit "
        "and without, and the difference is enlarged. At 1 it samples what it learned; beyond, samples "
        "become sharper and more alike; far beyond, they break. It serves best in the middle of the way, "
        "where it is decided which digit it will be; above you can hold it there ([Kynkäänniemi et al. "
        "2024](https://arxiv.org/abs/2404.07724)).\n\n**What is filled in** (RePaint): at every step the "
        "part that is known is put back, with the noise of that very step. Doing each step several times "
        "lets the rest come to fit what is known.",
        "**어디에 놓이는 모델일까요.** ① *데이터로 p(x)를 어떻게 정할까요?* 손실은 **잡음 제거 "
        "오토인코더**와 같습니다. 그림에 노이즈를 섞고 신경망이 걷어 내게 합니다. 다만 노이즈의 모든 "
        "세기가 차례로 나오고, 신경망 하나가 그 모두를 맡습니다. **배워야 할 인코더가 없고**, **상대하는 "
        "판별자도 없습니다**. GAN처럼 균형을 맞춰야 하는 게임을 하지 않습니다.\n\n② *p(x)에서 어떻게 "
        "뽑을까요?* 한 단계씩 뽑습니다. **그래서 느립니다**. GAN은 표본 하나에 신경망을 한 번 쓰지만, "
        "여기서는 열여섯 번 쓰고, 가이던스를 주는 단계에서는 두 번씩 씁니다. 순수한 노이즈에서 한 번에 "
        "가려 하면 모든 숫자의 평균이 나옵니다. 맨 처음 예측한 $x_0$가 VAE의 그림처럼 흐릿한 "
        "까닭입니다.\n\n③ *처음 보는 데이터에 확률을 얼마나 줄까요?* 밀도의 나무에서 **VAE**와 같은 가지, "
        "곧 근사 밀도에 있습니다. 확산 모델은 인코더 $q(x_t\\,|\\,x_{t-1})$가 고정된 VAE를 천 개 쌓은 "
        "사다리이고, 그 손실은 항마다 가중치를 달리한 $\\log p(x)$의 한계입니다.\n\n**가이던스가 하는 "
        "일.** 숫자를 알려 준 답과 알려 주지 않은 답의 차이를 키웁니다. 1이면 배운 대로 뽑고, 더 키우면 "
        "선명해지는 대신 서로 비슷해지며, 지나치게 키우면 그림이 망가집니다. 가장 쓸모 있는 곳은 어떤 "
        "숫자가 될지 정해지는 길의 가운데입니다. 위에서 그곳에서만 주도록 고를 수 있습니다([Kynkäänniemi "
        "외 2024](https://arxiv.org/abs/2404.07724)).\n\n**채워 넣기**(RePaint): 단계마다 아는 부분을 바로 "
        "그 단계만큼의 노이즈를 섞어 되돌려 놓습니다. 한 단계를 여러 번 되풀이하면 나머지가 아는 부분에 "
        "어울리게 맞춰집니다.",
    ),
    "diffusion.measured": ("Measured", "측정값"),
    "diffusion.by_steps": ("By the number of steps", "단계 수에 따라"),
    "diffusion.by_guidance": (
        "By guidance: what it buys, and what it costs",
        "가이던스에 따라: 얻는 것과 잃는 것",
    ),
    "diffusion.source": ("Your digit", "내 숫자"),
    "diffusion.source.digit": ("Test digit", "테스트 숫자"),
    "diffusion.source.draw": ("Draw", "직접 쓰기"),
    "diffusion.source.upload": ("Upload", "올리기"),
    "diffusion.sketch": ("Write a digit", "숫자를 쓰세요"),
    "diffusion.upload": ("A picture of a digit", "숫자 그림"),
    # the trajectory
    "diffusion.play.digit": ("Digit", "숫자"),
    "diffusion.play.any": ("Any", "아무거나"),
    "diffusion.play.way": ("Direction", "방향"),
    "diffusion.play.way.back": ("Noise → digit", "노이즈 → 숫자"),
    "diffusion.play.way.forward": ("Digit → noise", "숫자 → 노이즈"),
    "diffusion.play.network": ("The network puts out", "신경망의 출력"),
    "diffusion.play.own.about": (
        "A model that is not the lab's: it makes pictures of {side} × {side} pixels in {colour}, and its "
        "network puts out the {prediction}. ",
        "실험실의 모델이 아닙니다. {side} × {side} 픽셀의 {colour} 그림을 만들며, 신경망의 출력은 "
        "{prediction}입니다. ",
    ),
    "diffusion.play.own.grey": ("grey", "흑백"),
    "diffusion.play.own.colour": ("colour", "컬러"),
    "diffusion.play.own.classes": (
        "It knows {classes} classes; the chips above ask for the first ten.",
        "클래스는 {classes}개이며, 위의 단추로 처음 열 개 가운데에서 고를 수 있습니다.",
    ),
    "diffusion.play.own.no_classes": (
        "It was trained without classes.",
        "클래스 없이 학습했습니다.",
    ),
    "diffusion.play.own.no_digits": (
        "The model that is chosen above makes other pictures than digits of 28 × 28 pixels in grey. Choose "
        "one of the lab's for this part.",
        "위에서 고른 모델은 28 × 28 픽셀의 흑백 숫자가 아닌 그림을 만듭니다. 이 부분에서는 실험실의 모델을 "
        "골라 주세요.",
    ),
    "diffusion.play.network.velocity": ("v", "v"),
    "diffusion.play.network.noise": ("ε, the paper's", "ε, 논문 그대로"),
    "diffusion.play.network.flow": ("Flow matching", "플로 매칭"),
    "diffusion.play.network.all": ("v | ε | flow", "v | ε | 플로"),
    "diffusion.play.network.velocity.full": ("v = aε − σx₀", "v = aε − σx₀"),
    "diffusion.play.network.noise.full": ("ε, the noise", "ε, 노이즈"),
    "diffusion.play.network.flow.full": (
        "ε − x₀, flow matching",
        "ε − x₀, 플로 매칭",
    ),
    "diffusion.play.network.velocity.about": (
        "v = aε − σx₀: the noise where there is hardly any, the digit where there is nothing else. So both "
        "can be read off at every t.",
        "v = aε − σx₀: 노이즈가 거의 없는 곳에서는 노이즈를, 노이즈뿐인 곳에서는 숫자를 답합니다. 그래서 "
        "모든 t에서 둘 다 읽어 낼 수 있습니다.",
    ),
    "diffusion.play.network.noise.about": (
        "ε, as Ho et al. had it. The digit is what is left: x₀ = (xₜ − σε) / a. In pure noise a is almost "
        "0, and what ε lacks is divided by it: the first predicted x₀ is speckle, not a digit.",
        "ε: Ho 등의 논문 그대로입니다. 숫자는 나머지로 구합니다: x₀ = (xₜ − σε) / a. 순수한 노이즈에서는 "
        "a가 거의 0이라 ε의 작은 오차도 a로 나뉘어 커집니다. 처음 예측한 x₀는 숫자가 아니라 얼룩입니다.",
    ),
    "diffusion.play.network.flow.about": (
        "ε − x₀: the direction of the straight way xₜ = (1 − t) x₀ + t ε, with t from 0 to 1. See the "
        "schedule: both of its lines are straight.",
        "ε − x₀: 곧은 길 xₜ = (1 − t) x₀ + t ε의 방향입니다(t는 0에서 1까지). 스케줄의 두 선이 모두 "
        "직선입니다.",
    ),
    "diffusion.play.network.all.about": (
        "The same noise, digit and steps, three networks. They end at nearly the same picture: what they "
        "learn is one and the same way. What differs is how well x₀ can be read off on it, above all at "
        "its beginning.",
        "노이즈도 숫자도 단계 수도 같고, 신경망만 셋입니다. 셋 다 거의 같은 그림에 이릅니다. 배운 길이 "
        "하나이기 때문입니다. 다른 것은 그 길에서 x₀를 얼마나 잘 읽어 내는가입니다. 차이는 길의 처음에서 "
        "가장 큽니다.",
    ),
    "diffusion.play.sampler": ("Sampler", "표본 추출기"),
    "diffusion.play.sampler.dpm_solver": ("DPM-Solver++", "DPM-Solver++"),
    "diffusion.play.sampler.ddim": ("DDIM", "DDIM"),
    "diffusion.play.sampler.ddpm": ("DDPM", "DDPM"),
    "diffusion.play.sampler.both": ("DDIM | DDPM", "DDIM | DDPM"),
    "diffusion.play.sampler.dpm_solver.full": (
        "DPM-Solver++: no chance, and each step looks at the one before",
        "DPM-Solver++: 우연이 없고, 단계마다 앞 단계를 함께 봄",
    ),
    "diffusion.play.sampler.ddim.full": (
        "DDIM: no chance on the way",
        "DDIM: 가는 길에 우연이 없음",
    ),
    "diffusion.play.sampler.ddpm.full": (
        "DDPM: fresh noise at each step",
        "DDPM: 단계마다 새 노이즈",
    ),
    "diffusion.play.steps": ("Steps", "단계 수"),
    "diffusion.play.guidance": ("Guidance", "가이던스"),
    "diffusion.play.guided": ("Guidance acts", "가이던스를 주는 곳"),
    "diffusion.play.guided.middle": ("In the middle of the way", "길의 가운데"),
    "diffusion.play.guided.everywhere": ("In every step", "모든 단계"),
    "diffusion.play.guided.here": ("where guidance acts", "가이던스를 주는 곳"),
    "diffusion.play.acting": (
        "Guidance {guidance} acts in {steps} of {n} steps, from t = {high} down to {low}: where it is "
        "decided which digit it will be. Before, it would make the samples alike; after, it changes little.",
        "가이던스 {guidance}은(는) t = {high}에서 {low}까지, {n}단계 가운데 {steps}단계에만 줍니다. 어떤 "
        "숫자가 될지 정해지는 곳입니다. 그 앞에서 주면 표본이 서로 비슷해지고, 그 뒤에서는 별로 달라지지 "
        "않습니다.",
    ),
    "diffusion.play.acting.everywhere": (
        "Guidance {guidance} acts in all {n} steps: each asks the network twice.",
        "가이던스 {guidance}을(를) {n}단계 모두에서 줍니다. 단계마다 신경망에 두 번 묻습니다.",
    ),
    "diffusion.play.seed": ("Seed of the noise", "노이즈의 시드"),
    "diffusion.play.again": ("Other noise", "다른 노이즈"),
    "diffusion.play.x": ("What there is, xₜ", "지금의 그림 xₜ"),
    "diffusion.play.x_start": ("Predicted digit, x₀", "예측한 숫자 x₀"),
    "diffusion.play.pred_noise": ("Predicted noise, ε", "예측한 노이즈 ε"),
    "diffusion.play.play": ("Play", "재생"),
    "diffusion.play.pause": ("Pause", "멈춤"),
    "diffusion.play.position": ("Step of the way", "길의 단계"),
    "diffusion.play.where": (
        "t = {t} of {T} · {a} of the image + {sigma} of noise",
        "t = {t} / {T} · 그림 {a} + 노이즈 {sigma}",
    ),
    "diffusion.play.schedule": (
        "The schedule: how much of the image and how much noise is in the picture, from t = 0 to noise alone",
        "스케줄: t = 0부터 순수한 노이즈까지, 그림에 남은 원본의 비율과 노이즈의 비율",
    ),
    "diffusion.play.kept": ("of the image, aₜ", "원본 aₜ"),
    "diffusion.play.added": ("of noise, σₜ", "노이즈 σₜ"),
    "diffusion.play.decided": (
        "From t = {t} on the classifier reads {digit} in every predicted x₀: there it is decided.",
        "t = {t}부터는 예측한 x₀를 분류기가 모두 {digit}(으)로 읽습니다. 여기서 숫자가 정해집니다.",
    ),
    "diffusion.play.decided.always": (
        "The classifier reads {digit} in every predicted x₀, from the first on.",
        "예측한 x₀를 분류기가 처음부터 모두 {digit}(으)로 읽습니다.",
    ),
    "diffusion.play.decided.other": ("Asked for was {asked}.", "주문한 숫자는 {asked}입니다."),
    "diffusion.play.cost": (
        "{calls} calls of the network, {ms} ms",
        "신경망 호출 {calls}번, {ms} ms",
    ),
    "diffusion.play.check": ("Check that this is real", "진짜인지 확인하기"),
    "diffusion.play.checking": ("Computing again …", "다시 계산하는 중 …"),
    "diffusion.play.checked": (
        "xₜ of the beginning plus the sum of all {n} steps is the sample: largest difference {sum}. Each "
        "step again from its x₀ and ε: largest difference {step}. The network asked again at each t: "
        "largest difference {asking}.",
        "처음의 xₜ에 {n}단계의 변화를 모두 더하면 표본이 됩니다(가장 큰 차이 {sum}). 단계마다 x₀와 ε로 "
        "다시 계산했습니다(가장 큰 차이 {step}). 모든 t에서 신경망에 다시 물었습니다(가장 큰 차이 "
        "{asking}).",
    ),
    "diffusion.play.checked.same": (
        "Your browser computes with {bytes} bytes whose SHA-256 is {hash}: it is that of the server's file "
        "model.safetensors, {where}.",
        "이 브라우저가 쓰는 가중치는 {bytes}바이트이고 SHA-256은 {hash}입니다. 서버의 "
        "model.safetensors({where})와 같습니다.",
    ),
    "diffusion.play.checked.other": (
        "But the {bytes} bytes that your browser gets have the SHA-256 {hash}, and the server's file "
        "({where}) has {sha256}. Reload the page.",
        "그러나 이 브라우저가 받은 {bytes}바이트의 SHA-256은 {hash}인데, 서버의 파일({where})은 "
        "{sha256}입니다. 페이지를 새로 고쳐 주세요.",
    ),
    "diffusion.play.checked.insecure": (
        "The SHA-256 of the server's file is {sha256}; browsers compute one over https alone.",
        "서버 파일의 SHA-256은 {sha256}입니다. 브라우저는 https에서만 SHA-256을 계산합니다.",
    ),
    "diffusion.play.checked.no_bytes": (
        "The file of the weights did not arrive, so that its bytes cannot be compared.",
        "가중치 파일을 받지 못해 바이트를 비교할 수 없습니다.",
    ),
    # sheets
    "diffusion.play.sheet.guidance": ("More and more guidance", "가이던스를 키우면"),
    "diffusion.play.sheet.guidance.about": (
        "The same six noises in each row. 0: no digit is asked for. The more, the sharper and the more "
        "alike. In every step, much of it breaks the digits; in the middle of the way it harms less.",
        "줄마다 같은 노이즈 여섯 개입니다. 0이면 숫자를 주문하지 않습니다. 키울수록 선명해지고 서로 "
        "같아집니다. 모든 단계에서 많이 주면 숫자가 망가지고, 길의 가운데에서만 주면 덜합니다.",
    ),
    "diffusion.play.sheet.steps": ("More and more steps", "단계를 늘리면"),
    "diffusion.play.sheet.steps.about": (
        "The same noise in 4, 8, 16, 32 and 64 steps. Each step costs a call of the network, and two where "
        "guidance acts.",
        "같은 노이즈를 4, 8, 16, 32, 64단계에 걸쳐 되돌립니다. 단계마다 신경망을 한 번, 가이던스를 주는 "
        "단계에서는 두 번 부릅니다.",
    ),
    "diffusion.play.sheet.between": ("Between two noises", "두 노이즈 사이"),
    "diffusion.play.sheet.between.about": (
        "From the noise of this seed to that of the next, along the sphere on which noise lies, each made "
        "into a digit without chance. So the noise is a latent vector, without an encoder.",
        "이 시드의 노이즈에서 다음 시드의 노이즈까지, 노이즈가 놓인 구면을 따라가며 하나하나 우연 없이 "
        "숫자를 만듭니다. 인코더가 없어도 노이즈가 곧 잠재 벡터입니다.",
    ),
    # the visitor's digit
    "diffusion.play.own.wish": ("Bring it back as", "이 숫자로 되돌리기"),
    "diffusion.play.free": ("Whatever it is", "주문 없음"),
    "diffusion.play.t": ("Noise as far as t =", "노이즈를 섞는 정도 t ="),
    "diffusion.play.own.seen": ("Your digit", "내 숫자"),
    "diffusion.play.own.noised": ("Noised", "노이즈를 섞은 것"),
    "diffusion.play.own.made": ("Brought back", "되돌린 것"),
    "diffusion.play.own.flips": ("Where does it flip?", "어디서 바뀔까?"),
    "diffusion.play.own.never": (
        "The classifier reads {own} in all of them, as in your digit.",
        "분류기는 모두 내 숫자와 같은 {own}(으)로 읽습니다.",
    ),
    "diffusion.play.own.flip": (
        "The classifier reads {own} in your digit. It flips at t = {t}, where {to} comes back.",
        "분류기는 내 숫자를 {own}(으)로 읽습니다. t = {t}에서 바뀌어 {to}(으)로 돌아옵니다.",
    ),
    # erased and filled in
    "diffusion.play.fill": ("Erase a part and have it filled in", "지운 곳 채워 넣기"),
    "diffusion.play.fill.about": (
        "Erase with mouse or finger on your digit, or choose a half. With the keyboard, arrow keys move "
        "the eraser and space erases.",
        "내 숫자 위를 마우스나 손가락으로 문질러 지우거나, 절반을 고르세요. 키보드에서는 방향 키로 "
        "지우개를 옮기고 스페이스로 지웁니다.",
    ),
    "diffusion.play.erase": ("Erased", "지운 곳"),
    "diffusion.play.erase.nothing": ("Nothing", "없음"),
    "diffusion.play.erase.top": ("Top", "위쪽"),
    "diffusion.play.erase.bottom": ("Bottom", "아래쪽"),
    "diffusion.play.erase.left": ("Left", "왼쪽"),
    "diffusion.play.erase.right": ("Right", "오른쪽"),
    "diffusion.play.resamplings": ("Each step is done, times", "한 단계를 되풀이하는 횟수"),
    "diffusion.play.own.hole": ("Erase here", "여기를 지우세요"),
    "diffusion.play.own.once": ("Each step once", "한 단계에 한 번"),
    "diffusion.play.own.filled": ("Each step several times", "한 단계에 여러 번"),
    "diffusion.play.fill.others": ("With other noise", "다른 노이즈로"),
    "diffusion.play.fill.all": (
        "Everything is erased: leave a part of the digit, to which the rest can come to fit.",
        "모두 지워졌습니다. 나머지를 맞출 수 있도록 숫자의 일부는 남겨 두세요.",
    ),
    "diffusion.play.fill.nothing": (
        "Nothing is erased yet, so that there is nothing to fill in.",
        "아직 지운 곳이 없어서 채워 넣을 것이 없습니다.",
    ),
}
