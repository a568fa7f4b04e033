import type { Sentences } from '../../errors';

/** Rules that a change breaks. */
export const plugins: Sentences = {
	altered_file: ({ plugin, version, path }) => ({
		message: `${plugin} ${version} 的“${path}”与发布时不一致：内容与摘要不符。`,
		hint: '请勿使用，并告知仓库管理员。',
	}),
	no_file: ({ plugin, version, path }) => ({
		message: `${plugin} ${version} 中没有文件“${path}”。`,
		hint: '请在文件列表中查看现有文件。',
	}),
	file_too_large_here: ({ path, size, limit }) => ({
		message: `“${path}”有 ${size} 字节，此处最多读取 ${limit} 字节。`,
		hint: '请下载安装包后查看。',
	}),
	file_list_damaged: ({ plugin, version }) => ({
		message: `${plugin ?? ''} ${version ?? ''} 的文件列表已损坏，无法使用。`.trim(),
		hint: '请告知仓库管理员。',
	}),
	file_list_newer: ({ format }) => ({
		message: `文件列表的格式为 ${format}，当前版本的 Patchbay 无法读取。`,
		hint: '请更新 Patchbay。',
	}),
	no_plugin: ({ plugin }) => ({
		message: plugin ? `仓库中没有插件 ${plugin}。` : '仓库中没有此插件。',
		hint: '请检查标识，或在“浏览”中搜索。',
	}),
	no_version: ({ version }) => ({ message: `没有版本 ${version}。`, hint: '可在“版本”中查看现有版本。' }),
	no_channel: ({ channel }) => ({ message: `没有通道 ${channel}。`, hint: '可在“版本”中查看现有通道。' }),
	no_revision: ({ seq }) => ({ message: `没有可以撤销的第 ${seq} 次修订。`, hint: '可在“历史”中查看。' }),
	version_taken: ({ version, by, at = '', next_free }) => ({
		message: `版本 ${version} 已被占用：${by} 于 ${at.slice(0, 10)} 用它发布了其他文件。`,
		hint: `请发布为 ${next_free}，这是下一个可用的版本号。`,
	}),
	channel_moved: ({ channel, now, by }) => ({
		message: now ? `${channel} 刚刚被移动：${by} 将它指向了 ${now}。` : `${channel} 刚刚被 ${by} 移除。`,
		hint: '请查看现状后再决定。',
	}),
	not_earlier: ({ channel, to, now }) => ({
		message: `${channel} 位于 ${now}，${to} 并不更早。`,
		hint: `要向前移动，请将 ${channel} 指向 ${to}。`,
	}),
	yanked: ({ version, reason }) => ({
		message: `${version} 已撤回：“${reason}”`,
		hint: `请选择其他版本，或先恢复提供 ${version}。`,
	}),
	channels_point_there: ({ version, channels }) => ({
		message: `通道 ${channels} 指向 ${version}。`,
		hint: '请先将通道指向其他版本；回退时可同时撤回。',
	}),
	publish_stays: () => ({ message: '发布无法撤销：已公开的版本保持不变。', hint: '请改为回退通道。' }),
	unknown_action: ({ seq }) => ({
		message: `当前版本的 Patchbay 无法识别第 ${seq} 次修订。`,
		hint: '请更新 Patchbay。',
	}),
	changed_since: ({ version, seq }) => ({
		message: `第 ${seq} 次修订之后，${version} 又有更改。`,
		hint: '请查看历史，然后直接更改。',
	}),
	frozen: () => ({ message: '插件已冻结，不接受新版本。', hint: '请联系仓库管理员。' }),
	no_reason: () => ({ message: '缺少原因。', hint: '请用一句话说明，使用该版本的人会看到。' }),
	reason_too_long: ({ length }) => ({
		message: `原因有 ${length} 个字，最多 500 个。`,
		hint: '请写短一些，其余内容可放在链接中。',
	}),
	document_full: () => ({
		message: '插件的记录已满（1 MiB）。',
		hint: '请告知仓库管理员；缩短说明可腾出空间。',
	}),
	bad_channel: ({ channel }) => ({
		message: `“${channel}”不能用作通道名称。`,
		hint: '请使用小写字母、数字和 -，以字母开头，最多 32 个字符。',
	}),
	cancelled: () => ({ message: '已在公开之前取消。' }),
	unknown_outcome: () => ({
		message: '提交时连接中断，不确定更改是否已生效。',
		hint: '请立即查明：Patchbay 会询问仓库，不会重复写入。',
	}),
	no_platform: ({ plugin }) => ({ message: `${plugin} 没有适用于此平台的安装包。` }),
	job_unknown: () => ({ message: '没有此任务。', hint: '可在“动态”中查看。' }),
	job_done: () => ({ message: '此任务已完成。' }),
	job_elsewhere: () => ({ message: '此任务正在另一个程序中运行。', hint: '请等它结束。' }),
	range_part: ({ range, part }) => ({
		message: `“${range}”不是版本范围：“${part}”不能出现在其中。`,
		hint: '请写成 >=1.4、^2.0.0 或 1.x || 2.x 这样的形式。',
	}),
	range_too_long: ({ len }) => ({
		message: `版本范围最多 1024 个字符，现在有 ${len} 个。`,
		hint: '请写成 >=1.4、^2.0.0 或 1.x || 2.x 这样的形式。',
	}),
};
