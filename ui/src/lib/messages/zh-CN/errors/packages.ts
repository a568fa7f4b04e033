import type { Sentences } from '../../errors';

const exclude = '请用 .patchbayignore 排除插件不需要的文件。';

/** What is found in a folder before it becomes a package. */
export const packages: Sentences = {
	manifest_no_front_matter: ({ file }) => ({
		message: `${file} 的开头没有 front matter。`,
		hint: '请在开头写“---”、“name: my-plugin”、“version: 1.0.0”、“---”。',
	}),
	manifest_yaml: ({ file, line, column }) => ({
		message: `${file} 的 front matter 不是有效的 YAML：第 ${line} 行第 ${column} 列有误。`,
		hint: `请检查第 ${line} 行及其上一行。`,
	}),
	manifest_passed_over: ({ file, field }) => ({
		message: `${file ?? '清单'}中的“${field}”无法使用，已略过。`,
		hint: '更正后即可显示。',
	}),
	manifest_unknown_field: ({ field }) => ({
		message: `Patchbay 不认识清单中的“${field}”。`,
		hint: '请检查写法，或将其去掉。',
	}),
	id_disagrees: ({ id, other, file, other_file }) => ({
		message: `${file} 中的标识是“${id}”，${other_file} 中的是“${other}”。`,
		hint: `将使用“${id}”，请确认这就是你要发布的插件。`,
	}),
	version_disagrees: ({ version, other, file, other_file }) => ({
		message: `${file} 中的版本是 ${version}，${other_file} 中的是 ${other}。`,
		hint: '请将两处写成同一个版本：发布过的版本无法收回。',
	}),
	hosts_disagree: ({ version, host, range, other, file, other_file }) => ({
		message: `${file} 中 ${version} 需要 ${host} ${range}，${other_file} 中需要 ${other}。`,
		hint: '请将两处写成同一个版本。',
	}),
	too_many_entries: ({ limit }) => ({
		message: `文件夹中的文件和文件夹超过 ${limit} 个，其余没有查看。`,
		hint: '请选择插件自己的文件夹，或用 .patchbayignore 排除不需要的内容。',
	}),
	leftover: ({ path, size }) => ({ message: `“${path}”（${size}）像是构建留下的内容。`, hint: exclude }),
	license_not_said: ({ path, license }) => ({
		message: `“${path}”是 ${license} 的文本，而清单中没有 license。`,
		hint: '请写入清单，让用户在安装前看到。',
	}),
	secret: ({ path, line, rule }) => ({
		message: `“${path}”第 ${line} 行像是含有密钥（${rule}）。`,
		hint: '请将其移除并作废。如果不是密钥，请只允许这一处。',
	}),
	secret_allowed: ({ path, line, rule }) => ({
		message: `“${path}”第 ${line} 行含有密钥（${rule}），已单独允许。`,
		hint: '得到安装包的人都能读到它。',
	}),
	secret_not_found: ({ name }) => ({
		message: `要允许的“${name}”并不存在。`,
		hint: '请去掉它，或按现在的名称填写。',
	}),
	fix_unreadable: ({ file }) => ({ message: `无法读取 ${file}。`, hint: '请检查权限，或自行修改。' }),
	fix_not_written: ({ file }) => ({ message: `无法写入 ${file}。`, hint: '请检查权限，或自行修改。' }),
	fix_changed: ({ file }) => ({ message: `${file} 已经变化，无法再修改。`, hint: '请重新检查文件夹。' }),
	fix_not_ours: ({ file }) => ({ message: `修复不会向 ${file} 写入这样的内容。`, hint: '请自行修改。' }),
	init_exists: () => ({ message: '文件夹中已有 patchbay.json，将保持不变。', hint: '请直接编辑它。' }),
	init_not_written: () => ({ message: '无法写入 patchbay.json。', hint: '请检查写入权限。' }),
	bad_platform: ({ platform }) => ({
		message: `“${platform}”不是平台。`,
		hint: '请填写 any，或系统加处理器，例如 linux-x64。',
	}),
	package_differs: ({ path, first, other }) => ({
		message: `“${path}”是 ${other}，而第一个安装包是 ${first}。`,
		hint: '同一版本的安装包必须有相同的标识和版本。',
	}),
	platform_twice: ({ first, path, platform }) => ({
		message: `“${first}”和“${path}”都用于 ${platform}。`,
		hint: '请在各自的清单中写明 platform。',
	}),
};
