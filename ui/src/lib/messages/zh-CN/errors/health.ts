import type { Sentences } from '../../errors';

const fromBackup = (key = '') => `请从备份恢复 ${key}，或发布新版本。`;
const whoWrote = '有人绕过 Patchbay 写入了存储桶。请与备份比较，并查明谁有写入权限。';
const document = (plugin = '') =>
	`请从备份恢复 plugins/${plugin}.jsonl，或将 history/${plugin}/ 下编号最大的修订复制过去。`;
const historyBackup = '请从备份恢复 history/ 中的文件；现有内容不受影响。';
const repair = '修复会根据各插件的记录重建目录。';

/** What a check of a registry finds. */
export const health: Sentences = {
	found_registry_missing: () => ({
		message: '缺少 registry.json。',
		hint: '请从备份恢复：读取者以其中的标识辨认此仓库。',
	}),
	found_registry_unreadable: () => ({
		message: '无法读取 registry.json。',
		hint: '请从备份恢复：读取者以其中的标识辨认此仓库。',
	}),
	found_newer_format: ({ key, found }) => ({
		message: `${key} 使用格式 ${found}，当前版本的 Patchbay 无法识别。`,
		hint: '请更新 Patchbay，然后再次检查。',
	}),
	found_document_missing: ({ plugin }) => ({ message: `缺少 ${plugin} 的记录。`, hint: document(plugin) }),
	found_document_cut_off: ({ plugin }) => ({ message: `${plugin} 的记录不完整。`, hint: document(plugin) }),
	found_document_unreadable: ({ plugin, line }) => ({
		message: `无法读取 ${plugin} 的记录：第 ${line} 行不是 Patchbay 写入的内容。`,
		hint: document(plugin),
	}),
	found_document_inconsistent: ({ plugin }) => ({
		message: `${plugin} 的记录自相矛盾。`,
		hint: document(plugin),
	}),
	found_document_too_large: ({ plugin }) => ({
		message: `${plugin} 的记录超出上限。`,
		hint: document(plugin),
	}),
	found_document_set_back: ({ plugin, seen }) => ({
		message: `${plugin} 的记录被退回：这台电脑曾看到第 ${seen} 次修订。`,
		hint: '是否恢复了备份？请放回较新的记录；读取者会拒绝较旧的记录。',
	}),
	found_document_misplaced: ({ key }) => ({
		message: `${key} 位于插件记录的位置，却不是任何插件的记录。`,
		hint: '若无人需要，请用存储桶工具移除。',
	}),
	found_revision_missing: ({ plugin, from, to }) => ({
		message:
			from === to
				? `历史中缺少 ${plugin} 的第 ${from} 次修订。`
				: `历史中缺少 ${plugin} 的第 ${from} 至 ${to} 次修订。`,
		hint: historyBackup,
	}),
	found_revision_unreadable: ({ plugin, seq }) => ({
		message: `无法读取 ${plugin} 的第 ${seq} 次修订。`,
		hint: historyBackup,
	}),
	found_revision_inconsistent: ({ plugin, seq }) => ({
		message: `${plugin} 的第 ${seq} 次修订自相矛盾。`,
		hint: historyBackup,
	}),
	found_chain_broken: ({ plugin, seq }) => ({
		message: `${plugin} 的第 ${seq} 次修订与后一次修订所记的摘要不符。`,
		hint: whoWrote,
	}),
	found_chain_begun: ({ plugin }) => ({ message: `${plugin} 的首次修订引用了更早的修订。`, hint: whoWrote }),
	found_revision_forked: ({ plugin, seq }) => ({
		message: `历史中 ${plugin} 的第 ${seq} 次修订与现有记录不同。`,
		hint: whoWrote,
	}),
	found_revision_ahead: ({ plugin, seq, now }) => ({
		message: `历史中有 ${plugin} 的第 ${seq} 次修订，而记录只到第 ${now} 次：记录被退回了。`,
		hint: '是否恢复了备份？请放回较新的记录；读取者会拒绝较旧的记录。',
	}),
	found_operations_broken: ({ plugin, seq }) => ({
		message: `${plugin} 的第 ${seq} 次修订没有记下之前的操作。`,
		hint: whoWrote,
	}),
	found_release_altered: ({ plugin, version, seq }) => ({
		message: `${plugin} 的版本 ${version} 在第 ${seq} 次修订中被移除或替换。`,
		hint: whoWrote,
	}),
	found_package_missing: ({ plugin, version, key }) => ({
		message: `缺少 ${plugin} ${version} 的安装包。`,
		hint: fromBackup(key),
	}),
	found_package_size: ({ plugin, version, key, expected, found }) => ({
		message: `${plugin} ${version} 的安装包有 ${found} 字节，发布时为 ${expected} 字节。`,
		hint: fromBackup(key),
	}),
	found_package_altered: ({ plugin, version, key }) => ({
		message: `${plugin} ${version} 的安装包与发布时不同：摘要不符。`,
		hint: fromBackup(key),
	}),
	found_list_missing: ({ plugin, version, key }) => ({
		message: `缺少 ${plugin} ${version} 的文件列表。`,
		hint: fromBackup(key),
	}),
	found_list_altered: ({ plugin, version, key }) => ({
		message: `${plugin} ${version} 的文件列表与发布时不同：摘要不符。`,
		hint: fromBackup(key),
	}),
	found_list_unreadable: ({ plugin, version, key }) => ({
		message: `${plugin} ${version} 的文件列表不是文件列表。`,
		hint: fromBackup(key),
	}),
	found_list_disagrees: ({ plugin, version, expected, found }) => ({
		message: `${plugin} ${version} 的文件列表有 ${found} 个文件，安装包有 ${expected} 个，或大小不同。`,
		hint: '请勿信任此版本：它不是由 Patchbay 发布的。请发布新版本并撤回它。',
	}),
	found_asset_missing: ({ plugin, key }) => ({
		message: `${plugin} 缺少一个附属文件。`,
		hint: fromBackup(key),
	}),
	found_asset_altered: ({ plugin, key }) => ({
		message: `${plugin} 的一个附属文件与发布时不同：摘要不符。`,
		hint: fromBackup(key),
	}),
	found_catalogue_missing: () => ({ message: '缺少目录。', hint: repair }),
	found_catalogue_unreadable: () => ({ message: '无法读取目录。', hint: repair }),
	found_row_missing: ({ plugin }) => ({ message: `目录没有列出 ${plugin}。`, hint: repair }),
	found_row_stray: ({ plugin }) => ({ message: `目录列出了并不存在的 ${plugin}。`, hint: repair }),
	found_row_stale: ({ plugin, seq }) => ({
		message: `目录中的 ${plugin} 停留在第 ${seq} 次修订。`,
		hint: repair,
	}),
	found_row_ahead: ({ plugin, seq }) => ({
		message: `目录中的 ${plugin} 声称到了第 ${seq} 次修订，记录还没有到。`,
		hint: repair,
	}),
	found_row_shown: ({ plugin }) => ({ message: `目录显示了已隐藏的 ${plugin}。`, hint: repair }),
	found_row_hidden: ({ plugin }) => ({ message: `目录隐藏了并未隐藏的 ${plugin}。`, hint: repair }),
	found_row_wrong: ({ plugin }) => ({ message: `目录中的 ${plugin} 与其记录不符。`, hint: repair }),
	found_unknown_key: ({ key }) => ({
		message: `${key} 不是 Patchbay 的对象。`,
		hint: '若无人需要，请用存储桶工具移除。',
	}),
	found_orphans: ({ plugin, objects }) => ({
		message: `${plugin} 有 ${objects} 个无人引用的上传文件。`,
		hint: '并无损坏：有发布被放弃了。清理可将其移除。',
	}),
	found_probe_left: ({ key }) => ({
		message: `${key} 是测试存储时留下的。`,
		hint: '并无损坏，可用存储桶工具移除。',
	}),
	revision_moved: ({ now, by }) => ({
		message: `插件刚刚有了变化：${by} 写入了第 ${now} 次修订。`,
		hint: '请查看现状后再决定。',
	}),
	being_removed: ({ key }) => ({
		message: `${key} 来自一次放弃的发布，此刻正在被清理。`,
		hint: '请在清理结束后再次发布，最多等一小时。',
	}),
	no_clock: () => ({
		message: '存储没有告知时间，无法判断上传文件有多旧。',
		hint: '请使用会在应答中发送 Date 的存储。',
	}),
	cleaning_elsewhere: () => ({
		message: '另一次清理正在进行，或在一小时内中断。',
		hint: '请等它结束，或等一小时。',
	}),
	document_missing: ({ plugin }) => ({
		message: `缺少 ${plugin} 的记录，无法判断它引用了什么。`,
		hint: '没有移除任何内容。请在“存储”中检查仓库。',
	}),
	audit_broken: ({ line }) => ({
		message: `导出文件的第 ${line} 行不可信。`,
		hint: '请勿使用。请重新导出并比较。',
	}),
};
