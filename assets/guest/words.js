// The page's sentences, in English and Chinese. Both tables have the same keys
// (a test compares them); {name} and the like are filled in.

const en = {
  'title': 'Parley call',
  'title.ringing': '{name} is calling',
  'title.call': 'In a call with {name}',

  'name.heading': 'You are invited to a call',
  'name.text': 'What name should the other person see?',
  'name.label': 'Your name',
  'name.go': 'Continue',
  'name.hint': 'No account, nothing to install.',
  'name.bad': 'That name cannot be used. Letters, digits and spaces are fine, 64 at most.',

  'home.connecting': 'Connecting…',
  'home.here': 'here',
  'home.away': 'not here right now',
  'home.someone': 'Whoever sent you this link',
  'home.awayHint': 'Leave this page open: you can call as soon as they are back.',
  'home.hint': 'You can also leave this page open and wait to be called.',
  'home.call': 'Call',
  'home.callAudio': 'Call with sound only',
  'home.self': 'You appear as {name}.',
  'home.change': 'Change',

  'link.lost': 'The connection to the server is gone. Trying again in {seconds} s.',
  'link.trying': 'The connection to the server is gone. Trying again now.',
  'link.full': 'The server is full at the moment. Trying again in {seconds} s.',
  'link.retry': 'Try now',

  'preparing.text': 'Allow the camera and microphone when your browser asks.',
  'preparing.textAudio': 'Allow the microphone when your browser asks.',
  'calling.text': 'Calling…',
  'calling.alerted': 'Ringing…',
  'ringing.video': 'wants to see you',
  'ringing.audio': 'wants to talk to you',
  'connecting.text': 'Connecting…',
  'recovering.text': 'The connection is interrupted. Trying for {seconds} more seconds.',
  'call.recorded': '{name} is recording this call',
  'call.soundOnly': 'Sound only',
  'call.muted': 'Muted',
  'call.noMicrophone': 'No microphone',
  'call.cameraOff': 'Camera is off',
  'call.noCamera': 'No camera',
  'call.unmuteHint': 'Unmute',
  'call.muteHint': 'Mute',
  'call.cameraOffHint': 'Turn the camera off',
  'call.cameraOnHint': 'Turn the camera on',

  'share.start': 'Show your screen',
  'share.on': 'You are showing your screen.',
  'share.stop': 'Stop showing',

  'button.answer': 'Answer',
  'button.answerAudio': 'Answer with sound only',
  'button.decline': 'Decline',
  'button.hangup': 'Hang up',
  'button.mute': 'Mute',
  'button.camera': 'Camera',
  'button.share': 'Share screen',
  'button.fullscreen': 'Full screen',
  'button.sound': 'Turn the sound on',
  'button.dismiss': 'Close this message',
  'button.reload': 'Reload the page',
  'video.remote': 'Picture of {name}',
  'video.screen': 'Screen of {name}',
  'video.local': 'Your own picture',

  'end.localHangup': 'The call is over. It took {duration}.',
  'end.remoteHangup': '{name} hung up after {duration}.',
  'end.remoteHangupEarly': '{name} hung up.',
  'end.declined': '{name} can’t talk right now.',
  'end.declinedText': '{name} can’t talk right now: “{text}”',
  'end.busy': '{name} is in another call. Try again in a few minutes.',
  'end.noAnswer': '{name} didn’t answer. Try again later, or leave this page open and wait for a call back.',
  'end.missed': 'You missed a call from {name}. Call back when you like.',
  'end.unreachable': '{name} cannot be reached just now. Try again in a moment.',
  'end.setupFailed': 'No connection to {name} could be made. Another network, such as your phone’s, may help.',
  'end.lost': 'The connection to {name} was lost. Check your network, then call again.',
  'end.offline': 'The server went away before the call began. Call again once it is back.',
  'end.collision': 'You both called at the same moment. Call again.',

  'device.camera.refused': 'Your browser does not let this page use the camera. Allow it beside the address, then press Camera.',
  'device.camera.none': 'No camera was found. Plug one in and press Camera, or go on with sound.',
  'device.camera.inUse': 'The camera is used by another program. Close it there and press Camera, or go on with sound.',
  'device.camera.ended': 'The camera stopped. Check its cable, then press Camera.',
  'device.microphone.refused': 'Your browser does not let this page use the microphone, so you cannot be heard. Allow it beside the address, then press Mute.',
  'device.microphone.none': 'No microphone was found, so you cannot be heard. Plug one in, then press Mute.',
  'device.microphone.inUse': 'The microphone is used by another program, so you cannot be heard. Close it there, then press Mute.',
  'device.microphone.ended': 'The microphone stopped, so you cannot be heard. Check its cable, then press Mute.',
  'device.both.refused': 'Your browser does not let this page use the camera and microphone: you can only watch and listen. Allow them beside the address, then press Mute and Camera.',
  'device.both.none': 'No camera and no microphone were found: you can only watch and listen. Plug them in, then press Mute and Camera.',
  'device.both.inUse': 'The camera and microphone are used by another program: you can only watch and listen. Close it, then press Mute and Camera.',
  'device.share.failed': 'The screen could not be shown. Allow your browser to record the screen in the settings of your system, then press Share screen.',
  'device.insecure': 'This page was not opened securely, so the browser gives it no camera or microphone: you can only watch and listen. Ask for a link that begins with https.',
  'device.blockedSound': 'Your browser keeps the sound off until you ask for it.',

  'fatal.unknown.title': 'This link does not work',
  'fatal.unknown.text': 'It may be incomplete, or the server was restarted since it was made. Ask for a new link.',
  'fatal.expired.title': 'This link has expired',
  'fatal.expired.text': 'Links work for a day. Ask whoever sent it for a new one.',
  'fatal.version.title': 'This page is out of date',
  'fatal.version.text': 'The server was updated since you opened it. Reload to go on.',
  'fatal.replaced.title': 'You went on elsewhere',
  'fatal.replaced.text': 'This call is open in another window. Use that one, or reload to take it back here.',
  'fatal.browser.title': 'This browser cannot make calls',
  'fatal.browser.text': 'Open the link in a current Chrome, Edge, Firefox or Safari.',
};

const zh = {
  'title': 'Parley 通话',
  'title.ringing': '{name} 来电',
  'title.call': '正在与 {name} 通话',

  'name.heading': '有人邀请您通话',
  'name.text': '您希望对方看到什么名字？',
  'name.label': '您的名字',
  'name.go': '继续',
  'name.hint': '无需注册，也不用安装。',
  'name.bad': '这个名字不能用。请用文字、数字或空格，最多 64 个字符。',

  'home.connecting': '正在连接…',
  'home.here': '在线',
  'home.away': '暂时不在',
  'home.someone': '给您发链接的人',
  'home.awayHint': '请不要关闭此页面，对方一上线您就可以呼叫。',
  'home.hint': '您也可以留在此页面，等对方呼叫您。',
  'home.call': '视频通话',
  'home.callAudio': '仅语音通话',
  'home.self': '对方看到的名字：{name}',
  'home.change': '更改',

  'link.lost': '与服务器的连接断开了，{seconds} 秒后重试。',
  'link.trying': '与服务器的连接断开了，正在重试。',
  'link.full': '服务器暂时已满，{seconds} 秒后重试。',
  'link.retry': '立即重试',

  'preparing.text': '浏览器询问时，请允许使用摄像头和麦克风。',
  'preparing.textAudio': '浏览器询问时，请允许使用麦克风。',
  'calling.text': '正在呼叫…',
  'calling.alerted': '对方已响铃…',
  'ringing.video': '邀请您视频通话',
  'ringing.audio': '邀请您语音通话',
  'connecting.text': '正在接通…',
  'recovering.text': '连接中断，还会再试 {seconds} 秒。',
  'call.recorded': '{name} 正在录制本次通话',
  'call.soundOnly': '仅语音',
  'call.muted': '已静音',
  'call.noMicrophone': '没有麦克风',
  'call.cameraOff': '摄像头已关闭',
  'call.noCamera': '没有摄像头',
  'call.unmuteHint': '取消静音',
  'call.muteHint': '静音',
  'call.cameraOffHint': '关闭摄像头',
  'call.cameraOnHint': '打开摄像头',

  'share.start': '共享您的屏幕',
  'share.on': '您正在共享屏幕。',
  'share.stop': '停止共享',

  'button.answer': '接听',
  'button.answerAudio': '仅用语音接听',
  'button.decline': '拒绝',
  'button.hangup': '挂断',
  'button.mute': '静音',
  'button.camera': '摄像头',
  'button.share': '共享屏幕',
  'button.fullscreen': '全屏',
  'button.sound': '打开声音',
  'button.dismiss': '关闭此消息',
  'button.reload': '重新加载',
  'video.remote': '{name} 的画面',
  'video.screen': '{name} 的屏幕',
  'video.local': '您自己的画面',

  'end.localHangup': '通话结束，时长 {duration}。',
  'end.remoteHangup': '{name} 已挂断，通话时长 {duration}。',
  'end.remoteHangupEarly': '{name} 已挂断。',
  'end.declined': '{name} 现在不方便接听。',
  'end.declinedText': '{name} 现在不方便接听：“{text}”',
  'end.busy': '{name} 正在另一个通话中，请过几分钟再试。',
  'end.noAnswer': '{name} 没有接听。请稍后再试，或留在此页面等对方回电。',
  'end.missed': '您错过了 {name} 的来电，可以随时回拨。',
  'end.unreachable': '暂时联系不上 {name}，请稍后再试。',
  'end.setupFailed': '无法与 {name} 建立连接。换一个网络（例如手机热点）也许可以。',
  'end.lost': '与 {name} 的连接断开了。请检查网络后重新呼叫。',
  'end.offline': '通话开始前服务器断开了。恢复连接后请重新呼叫。',
  'end.collision': '你们同时呼叫了对方，请再呼叫一次。',

  'device.camera.refused': '浏览器不允许此页面使用摄像头。请在地址栏旁允许，然后按“摄像头”。',
  'device.camera.none': '没有找到摄像头。请接上摄像头后按“摄像头”，或继续语音通话。',
  'device.camera.inUse': '摄像头正被其他程序使用。请在那里关闭后按“摄像头”，或继续语音通话。',
  'device.camera.ended': '摄像头停止了工作。请检查连线，然后按“摄像头”。',
  'device.microphone.refused': '浏览器不允许此页面使用麦克风，对方听不到您。请在地址栏旁允许，然后按“静音”。',
  'device.microphone.none': '没有找到麦克风，对方听不到您。请接上麦克风，然后按“静音”。',
  'device.microphone.inUse': '麦克风正被其他程序使用，对方听不到您。请在那里关闭，然后按“静音”。',
  'device.microphone.ended': '麦克风停止了工作，对方听不到您。请检查连线，然后按“静音”。',
  'device.both.refused': '浏览器不允许此页面使用摄像头和麦克风，您只能看和听。请在地址栏旁允许，然后按“静音”和“摄像头”。',
  'device.both.none': '没有找到摄像头和麦克风，您只能看和听。请接上设备，然后按“静音”和“摄像头”。',
  'device.both.inUse': '摄像头和麦克风正被其他程序使用，您只能看和听。请关闭该程序，然后按“静音”和“摄像头”。',
  'device.share.failed': '无法共享屏幕。请在系统设置中允许浏览器录制屏幕，然后按“共享屏幕”。',
  'device.insecure': '此页面不是通过安全连接打开的，浏览器不提供摄像头和麦克风，您只能看和听。请向对方要一个以 https 开头的链接。',
  'device.blockedSound': '浏览器默认关闭了声音，需要您来打开。',

  'fatal.unknown.title': '这个链接无效',
  'fatal.unknown.text': '链接可能不完整，或者服务器已重新启动。请向对方要一个新链接。',
  'fatal.expired.title': '这个链接已过期',
  'fatal.expired.text': '链接的有效期为一天。请向发送者要一个新链接。',
  'fatal.version.title': '此页面已过时',
  'fatal.version.text': '服务器在您打开页面后更新了。请重新加载以继续。',
  'fatal.replaced.title': '您已在别处继续',
  'fatal.replaced.text': '此通话已在另一个窗口打开。请使用那个窗口，或重新加载以回到这里。',
  'fatal.browser.title': '此浏览器无法通话',
  'fatal.browser.text': '请用新版 Chrome、Edge、Firefox 或 Safari 打开链接。',
};

export const tables = { en, zh };

/** The language of the page for a browser that prefers these, best first. */
export function language(preferred) {
  for (const tag of preferred ?? []) {
    const base = tag.toLowerCase().split('-')[0];
    if (base in tables) return base;
  }
  return 'en';
}

/** A function from key and values to a sentence. */
export function words(lang) {
  const table = tables[lang];
  return (key, values = {}) => {
    const text = table[key];
    if (text === undefined) throw new Error(`no words for ${key}`);
    return text.replace(/\{(\w+)\}/g, (_, name) => String(values[name] ?? ''));
  };
}
