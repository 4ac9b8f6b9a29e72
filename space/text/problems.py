"""What the app says when something is wrong: what it is, and what to do. `reason.*` are half sentences."""

TEXT = {
    "problem.internal": (
        "Something went wrong on our side. Please try again; if it stays, reload the page.",
        "서버에서 문제가 발생했습니다. 다시 시도해 보시고, 계속되면 페이지를 새로 고쳐 주세요.",
    ),
    "problem.busy": (
        "Many people are using the lab and its queue is full. Please try again in a few seconds.",
        "지금 이용자가 많아 대기열이 가득 찼습니다. 몇 초 뒤에 다시 시도해 주세요.",
    ),
    "problem.too_many_calls": (
        "{most} of your requests are waiting already. Please try again when some of them are done.",
        "대기 중인 요청이 이미 {most}개입니다. 일부가 끝난 뒤에 다시 시도해 주세요.",
    ),
    "problem.ending": (
        "The lab is being restarted. Please reload the page in a minute and try again.",
        "실험실을 다시 시작하고 있습니다. 1분 뒤에 페이지를 새로 고치고 다시 시도해 주세요.",
    ),
    "problem.model_unavailable": (
        "The model {model} cannot be used: {reason}. Please choose another model.",
        "{model} 모델을 사용할 수 없습니다: {reason}. 다른 모델을 선택해 주세요.",
    ),
    "problem.unknown_model": (
        "There is no model named {model}. Choose one of: {allowed}.",
        "{model}(이)라는 모델은 없습니다. 다음 중에서 선택해 주세요: {allowed}.",
    ),
    "problem.no_name": (
        "No model is named yet. Choose a folder, or paste the id of a repository, such as OWNER/NAME.",
        "모델이 지정되지 않았습니다. 폴더를 고르거나 OWNER/NAME 형식의 저장소 ID를 붙여 넣어 주세요.",
    ),
    "problem.no_own_model": (
        "{model} is neither a folder here ({allowed}) nor the id of a repository, such as OWNER/NAME.",
        "{model}은(는) 여기 있는 폴더({allowed})도, OWNER/NAME 형식의 저장소 ID도 아닙니다.",
    ),
    "problem.no_model_repository": (
        "{model} is a data set or a Space. Paste the id of a model, such as OWNER/NAME.",
        "{model}은(는) 데이터셋이나 Space입니다. OWNER/NAME 형식의 모델 ID를 붙여 넣어 주세요.",
    ),
    "problem.not_open": (
        "{model} is no longer open, since others were opened after it. Open it again.",
        "그 뒤에 다른 모델이 열려 {model}은(는) 닫혔습니다. 다시 열어 주세요.",
    ),
    "problem.only_in_browser": (
        "The server computes nothing with {model}, which is not of this lab, and this browser could not. The "
        "tab Models draws with it.",
        "{model}은(는) 이 실험실의 모델이 아니어서 서버가 계산하지 않으며, 이 브라우저에서도 계산하지 "
        "못했습니다. ‘모델’ 탭에서는 이 모델의 그림을 볼 수 있습니다.",
    ),
    "problem.not_able": (
        "{model} is a model of another family, which does not fit here. Choose another one.",
        "{model}은(는) 여기에 맞지 않는 계열의 모델입니다. 다른 모델을 선택해 주세요.",
    ),
    "problem.too_long": (
        "One picture of this model takes the server more than {seconds} seconds. Run it on a machine of your "
        "own: the card says how to load it.",
        "이 모델은 그림 한 장에 서버에서 {seconds}초가 넘게 걸립니다. 모델 카드에 있는 방법으로 직접 "
        "불러와 실행해 주세요.",
    ),
    "problem.number": (
        "{name} is {value}; it must be a number from {least} to {most}.",
        "{name} 값이 {value}입니다. {least}부터 {most}까지의 숫자여야 합니다.",
    ),
    "problem.no_number": (
        "{name} is empty; it must be a number from {least} to {most}.",
        "{name} 값이 비어 있습니다. {least}부터 {most}까지의 숫자여야 합니다.",
    ),
    "problem.numbers": (
        "Send a list of 4 to {most} numbers.",
        "숫자를 4개부터 {most}개까지 목록으로 보내 주세요.",
    ),
    "problem.equal_numbers": (
        "The numbers to fit models to are all equal: there is no spread. Send others.",
        "모델을 정할 숫자가 모두 같아서 퍼진 정도가 없습니다. 다른 숫자를 보내 주세요.",
    ),
    "problem.range": (
        "{value} is out of range; it must be a number from {least} to {most}.",
        "{value}은(는) 범위를 벗어났습니다. {least}부터 {most}까지의 숫자여야 합니다.",
    ),
    "problem.not_one_of": (
        "{name} is {value}; choose one of: {allowed}.",
        "{name} 값이 {value}입니다. 다음 중에서 선택해 주세요: {allowed}.",
    ),
    "problem.request": (
        "The server cannot make sense of this request. If it came from the page, reload it and try again.",
        "서버가 처리할 수 없는 요청입니다. 페이지에서 보낸 요청이라면 새로 고친 뒤 다시 시도해 주세요.",
    ),
    "problem.arguments": (
        "These values do not fit {endpoint}, which takes: {allowed}. The API page at the bottom says more.",
        "{endpoint}에 맞지 않는 값입니다. 필요한 값: {allowed}. 페이지 아래의 API 문서를 참고해 주세요.",
    ),
    "problem.not_uploaded": (
        "Only uploaded pictures are opened, no paths and no web addresses. Upload the file and try again.",
        "경로나 웹 주소의 그림은 열지 않습니다. 파일을 올린 뒤 다시 시도해 주세요.",
    ),
    "problem.too_large": (
        "The request is larger than the {most} bytes that the server takes here. Send less.",
        "요청이 너무 큽니다. 여기서는 {most}바이트까지만 받습니다.",
    ),
    "problem.too_slow": (
        "The request came too slowly, or not at all. Please try again with a better connection.",
        "요청이 너무 느리게 오거나 오지 않았습니다. 연결 상태를 확인한 뒤 다시 시도해 주세요.",
    ),
    "problem.disk_full": (
        "There is no room for more uploads at the moment. Please try again in a minute.",
        "지금은 파일을 더 받을 공간이 없습니다. 잠시 후 다시 시도해 주세요.",
    ),
    "problem.closed": (
        "This address is not in use here.",
        "사용하지 않는 주소입니다.",
    ),
    "problem.no_answer": (
        "There is no answer here: it has been fetched already, or too late. Please make the call again.",
        "가져갈 답이 없습니다. 이미 가져갔거나 너무 늦었습니다. 다시 호출해 주세요.",
    ),
    "problem.no_image": (
        "There is no picture yet. Pick one, draw one, or upload a file.",
        "아직 그림이 없습니다. 그림을 고르거나, 직접 그리거나, 파일을 올려 주세요.",
    ),
    "problem.blank_image": (
        "Nothing stands out in this picture. Use one with a dark digit on light paper, or the reverse.",
        "그림에서 숫자를 찾을 수 없습니다. 밝은 바탕에 어두운 숫자(또는 그 반대)가 있는 그림을 올려 주세요.",
    ),
    "problem.several_things": (
        "More than one thing stands out in this picture. Put the box around one digit, or crop the picture.",
        "그림에서 눈에 띄는 것이 여러 개입니다. 숫자 하나에 상자를 맞추거나, 그 부분만 잘라서 올려 주세요.",
    ),
    "problem.box": (
        "The box must lie on the picture: left, top, right, bottom from 0 to 1, each side at least 0.01.",
        "상자는 그림 안에 있어야 합니다. 네 값(왼쪽, 위, 오른쪽, 아래)은 0~1, 각 변은 0.01 이상입니다.",
    ),
    "problem.empty_drawing": (
        "The drawing is empty. Draw something with the mouse or a finger first.",
        "그림이 비어 있습니다. 먼저 마우스나 손가락으로 그려 주세요.",
    ),
    "problem.no_classes": (
        "{model} was trained without classes: no digit can be asked for. Leave digit and guidance out, or "
        "take one of {allowed}.",
        "{model}은(는) 클래스 없이 학습한 모델이라 숫자를 정해 줄 수 없습니다. digit과 guidance를 빼거나 "
        "{allowed} 가운데 하나를 고르세요.",
    ),
    "problem.all_erased": (
        "Everything is erased: nothing is known that could be filled up. Leave a part of the digit.",
        "모두 지워져서 채워 넣을 바탕이 없습니다. 숫자의 일부는 남겨 두세요.",
    ),
    "problem.nothing_erased": (
        "Nothing is erased: there is nothing to fill in. Erase a part of the digit first.",
        "지워진 곳이 없어서 채워 넣을 것이 없습니다. 먼저 숫자의 일부를 지우세요.",
    ),
    "problem.rows_or_mask": (
        "Give the rows that stay or a mask, not both.",
        "남길 줄 수와 마스크 가운데 하나만 지정해 주세요.",
    ),
    "problem.mask_size": (
        "The mask has {width}x{height} pixels; it must have 28x28, as the digit has for the model.",
        "마스크가 {width}x{height}픽셀입니다. 모델이 보는 숫자와 같은 28x28픽셀이어야 합니다.",
    ),
    "problem.not_an_image": (
        "This file is not a picture that can be read. Upload a PNG, JPEG or WebP file.",
        "읽을 수 있는 이미지 파일이 아닙니다. PNG, JPEG 또는 WebP 파일을 올려 주세요.",
    ),
    "problem.foreign_picture": (
        "{format} files are not read here. Save it as PNG or JPEG, and upload that.",
        "{format} 파일은 여기서 읽을 수 없습니다. PNG나 JPEG로 저장해 다시 올려 주세요.",
    ),
    "problem.image_too_large": (
        "The picture has {megapixels} megapixels; at most {most} are allowed. Scale it down and try again.",
        "그림이 {megapixels}메가픽셀입니다. {most}메가픽셀까지만 가능하니, 크기를 줄여 다시 올려 주세요.",
    ),
    "reason.offline": ("HF_HUB_OFFLINE is set", "HF_HUB_OFFLINE이 설정되어 있음"),
    "reason.no_answer": (
        "the Hub did not answer within {seconds:g} seconds",
        "Hub가 {seconds:g}초 안에 응답하지 않음",
    ),
    "reason.not_done": (
        "the download from the Hub takes longer than {seconds:g} seconds",
        "Hub에서 내려받는 데 {seconds:g}초 넘게 걸림",
    ),
    "reason.too_slow": (
        "the Hub sends fewer than {rate:,} bytes a second",
        "Hub에서 1초에 {rate:,}바이트도 오지 않음",
    ),
    "reason.slow": ("the Hub is slow at the moment", "지금 Hub의 응답이 느림"),
    "reason.unreachable": ("the Hub cannot be reached", "Hub에 연결할 수 없음"),
    "reason.certificate": (
        "no secure connection to the Hub can be made ({error})",
        "Hub와 보안 연결을 맺을 수 없음 ({error})",
    ),
    "reason.proxy": (
        "the proxy that the environment names cannot be used",
        "환경 변수에 지정된 프록시를 쓸 수 없음",
    ),
    "reason.circle": ("the Hub's redirects lead in a circle", "Hub의 리디렉션이 끝없이 되풀이됨"),
    "reason.address": (
        "the Hub's address, or one that it leads to, is not a web address",
        "Hub의 주소나 Hub가 안내한 주소가 웹 주소가 아님",
    ),
    "reason.not_hub": (
        "what answers is not the Hub: a login page of this network, perhaps, or another HF_ENDPOINT",
        "Hub가 아닌 곳에서 응답함 (이 네트워크의 로그인 페이지나 HF_ENDPOINT 설정을 확인)",
    ),
    "reason.broke_off": ("the connection to the Hub broke off", "Hub와의 연결이 끊김"),
    "reason.failed": ("the download from the Hub failed", "Hub에서 내려받지 못함"),
    "reason.status": (
        "the Hub answered with HTTP status {status}",
        "Hub의 응답이 HTTP 오류임 (상태 코드 {status})",
    ),
    "reason.token": ("the Hub does not accept the access token", "Hub가 액세스 토큰을 받아들이지 않음"),
    "reason.gated": (
        "{repo} is gated and the access token does not open it",
        "{repo}는 접근 승인이 필요하며 액세스 토큰에 권한이 없음",
    ),
    "reason.gone": ("{repo} does not exist or is private", "{repo}가 없거나 비공개임"),
    "reason.no_revision": ("{repo} has no revision {revision}", "{repo}에 {revision} 리비전이 없음"),
    "reason.name": ("{repo} is not a valid repository name", "{repo}는 올바른 저장소 이름이 아님"),
    "reason.no_file": ("{repo} has no {file}", "{repo}에 {file} 파일이 없음"),
    "reason.too_many_files": (
        "{repo} has {count} files; at most {most} are loaded",
        "{repo}의 파일이 {count}개임 (최대 {most}개)",
    ),
    "reason.too_large": (
        "{repo} has {size:.0f} MB; at most {most:.0f} MB are loaded",
        "{repo}의 크기가 {size:.0f} MB임 (최대 {most:.0f} MB)",
    ),
    "reason.larger": (
        "{repo} has more than {most:.0f} MB, the most that is loaded",
        "{repo}의 크기가 최대 {most:.0f} MB를 넘음",
    ),
    "reason.long_list": (
        "the list of the files of {repo} has more than {most:,} bytes",
        "{repo}의 파일 목록이 {most:,}바이트를 넘음",
    ),
    "reason.odd_name": (
        "the Hub names a file {name}, which no file of a model is named",
        "Hub가 알려 준 파일 이름 {name}은(는) 모델 파일의 이름일 수 없음",
    ),
    "reason.moved": (
        "{repo} was changed while it was downloaded",
        "내려받는 동안 {repo}의 내용이 바뀜",
    ),
    "reason.damaged": ("{file} on the Hub is damaged", "Hub에 있는 {file} 파일이 손상됨"),
    "reason.unusable": (
        "the copy on the Hub cannot be used: {reason}",
        "Hub에 있는 사본을 쓸 수 없음: {reason}",
    ),
    "reason.nor_bundled": (
        "{reason}, and in the bundled copy {bundled}",
        "{reason}. 앱에 포함된 사본의 문제: {bundled}",
    ),
    "reason.local_file": (
        "a file on this machine cannot be read or written ({error})",
        "이 컴퓨터의 파일을 읽거나 쓸 수 없음 ({error})",
    ),
    "reason.no_family": (
        "its config.json is that of no family of the lab ({names})",
        "config.json이 이 실험실의 어느 모델 계열({names})의 것도 아님",
    ),
    "reason.picture_shape": (
        "it makes pictures of {side}x{side} pixels in {channels} channels; this lesson needs 28x28 in grey",
        "{side}x{side}픽셀, 채널 {channels}개인 그림을 만듦 (여기서는 28x28 흑백이 필요)",
    ),
    "reason.prediction": (
        "its network puts out {found}, and this lesson shows it as one that puts out {needed}",
        "신경망의 출력이 {found}임 (여기서는 출력이 {needed}인 모델로 보여 줌)",
    ),
    "reason.latent_dim": (
        "its latent space has {found} dimensions; the map needs 2",
        "잠재 공간이 {found}차원임 (지도에는 2차원이 필요)",
    ),
}
