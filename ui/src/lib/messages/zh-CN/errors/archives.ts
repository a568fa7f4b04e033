import type { Sentences } from '../../errors';

const hint = '请用原来的文件重新制作压缩包，或从来源重新获取。';

const ABOUT: Record<string, string> = {
	name: '名称',
	flags: '标志',
	method: '压缩方式',
	checksum: '校验和',
	size: '大小',
	kind: '类型',
	header: '文件头',
	order: '顺序',
	mode: '权限',
	comment: '注释',
	digest: '摘要',
	'file list': '文件清单',
	'data descriptor': '数据描述符',
	'extra fields': '附加字段',
};
const about = (word = '') => ABOUT[word] ?? word;

/** Archives that are refused, and what can go wrong while one is read. */
export const archives: Sentences = {
	archive_end: () => ({ message: '压缩包的结尾不完整：它被截断，或结尾之后还有内容。', hint }),
	archive_several_ends: () => ({ message: '压缩包有多个结尾，不同程序会读到不同的内容。', hint }),
	archive_disks: () => ({ message: '这只是分卷压缩包的一部分。', hint }),
	archive_header: ({ entry }) => ({ message: `压缩包的第 ${entry} 个文件头已损坏。`, hint }),
	archive_hidden: ({ offset, size }) => ({
		message: `压缩包在第 ${offset} 字节处有 ${size} 不属于任何条目的内容。`,
		hint,
	}),
	archive_overlap: ({ path }) => ({ message: `“${path}”与压缩包中的其他条目共用字节。`, hint }),
	archive_contradiction: ({ path, about: what }) => ({
		message: `压缩包关于“${path}”的${about(what)}自相矛盾。`,
		hint,
	}),
	archive_zip64: () => ({ message: '压缩包的大文件字段（ZIP64）不正确。', hint }),
	archive_empty: () => ({ message: '压缩包中没有任何内容。', hint }),
	archive_encrypted: ({ path }) => ({ message: `“${path}”已加密。`, hint }),
	archive_method: ({ path, method }) => ({ message: `“${path}”使用了不支持的压缩方式 ${method}。`, hint }),
	archive_fields: ({ path, what }) => ({ message: `“${path}”含有不允许的${about(what)}。`, hint }),
	archive_link: ({ path }) => ({ message: `“${path}”是链接，不接受链接。`, hint }),
	archive_special: ({ path }) => ({ message: `“${path}”既不是文件也不是文件夹。`, hint }),
	archive_folder_with_content: ({ path }) => ({ message: `“${path}”是文件夹，却带有内容。`, hint }),
	archive_name_not_utf8: ({ name }) => ({ message: `名称“${name}”不是 UTF-8 文本。`, hint }),
	archive_twice: ({ path }) => ({ message: `“${path}”在压缩包中出现了两次。`, hint }),
	archive_gzip: () => ({ message: '压缩包的 gzip 数据已损坏或被截断。', hint }),
	archive_after_end: () => ({ message: '压缩包的结尾之后还有内容。', hint }),
	archive_compressed: ({ path }) => ({ message: `“${path}”的压缩数据已损坏。`, hint }),
	archive_checksum: ({ path }) => ({ message: `“${path}”已损坏：校验和不符。`, hint }),
	archive_size: ({ path, size }) => ({ message: `“${path}”声称有 ${size}，实际并非如此。`, hint }),
	archive_too_many: ({ limit }) => ({ message: `压缩包的条目超过 ${limit} 个。`, hint }),
	archive_file_too_large: ({ path, limit }) => ({ message: `“${path}”超过单个文件的上限 ${limit}。`, hint }),
	archive_too_large: ({ limit }) => ({ message: `压缩包中的文件合计超过 ${limit}。`, hint }),
	archive_package_too_large: ({ limit }) => ({ message: `安装包超过 ${limit}。`, hint }),
	archive_not_canonical: ({ path, field }) => ({
		message: `“${path}”的${about(field)}不是 Patchbay 写入安装包的样子。`,
		hint,
	}),
	archive_not_expected: ({ about: what }) => ({ message: `这不是预期的安装包：${about(what)}不同。`, hint }),
	archive_unknown: ({ path }) => ({
		message: `“${path}”不是 ZIP 压缩包，也不是 gzip 压缩的 tar 包。`,
		hint: '请选择文件夹、.zip、.vsix 或 npm 的 .tgz。',
	}),
	archive_unreadable: () => ({ message: '无法读取压缩包。', hint: '请检查路径和读取权限。' }),
	archive_changed: () => ({ message: '压缩包在读取过程中发生了变化。', hint: '请等待写入结束后重试。' }),
	folder_not_empty: ({ folder }) => ({
		message: `“${folder}”不是空文件夹。`,
		hint: '请选择一个尚不存在或空的文件夹。',
	}),
};
