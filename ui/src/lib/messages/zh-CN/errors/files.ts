import type { Sentences } from '../../errors';
import { packages } from './packages';

const save = '请改正后保存，检查会重新进行。';
const idRule = '请使用小写字母、数字，以及它们之间的单个 . _ -，最多 64 个字符。';
const versionRule = '请使用三段数字，例如 1.4.0 或 1.4.0-beta.1。';
const named = ({ path, field }: Readonly<Record<string, string>>) => ({
	message: `清单中的“${path}”（${field}）不在文件之中。`,
	hint: '请添加该文件，或在清单中更正路径。',
});

/** Manifests, files and folders. */
export const files: Sentences = {
	not_a_folder: ({ path }) => ({ message: `“${path}”不是文件夹。`, hint: '请选择插件所在的文件夹。' }),
	folder_unreadable: ({ path }) => ({ message: `无法打开文件夹“${path}”。`, hint: '请检查路径和读取权限。' }),
	manifest_missing: ({ folder }) => ({
		message: `文件夹“${folder}”中没有清单：patchbay.json、package.json、pipe.md、pipe.json 或 Obsidian 的 manifest.json。`,
		hint: '请添加含 id 和 version 的 patchbay.json，或选择含有清单的文件夹。',
	}),
	manifest_not_a_file: ({ file }) => ({
		message: `${file} 不是文件。`,
		hint: `请放一个名为 ${file} 的普通文件。`,
	}),
	manifest_unreadable: ({ file }) => ({ message: `无法读取 ${file}。`, hint: '请检查读取权限。' }),
	manifest_too_large: ({ file }) => ({ message: `${file} 超过 1 MiB。`, hint: '请只保留描述插件的内容。' }),
	manifest_not_utf8: ({ file }) => ({ message: `${file} 不是 UTF-8 文本。`, hint: '请另存为 UTF-8。' }),
	manifest_empty: ({ file }) => ({ message: `${file} 是空的。`, hint: '请至少写入 id 和 version。' }),
	manifest_syntax: ({ file, line, column }) => ({
		message: `${file} 不是有效的 JSON：第 ${line} 行第 ${column} 列有误。`,
		hint: `请检查第 ${line} 行及其上一行。`,
	}),
	manifest_not_an_object: ({ file }) => ({
		message: `${file} 的内容必须是一个对象。`,
		hint: '请将全部内容放在 { 和 } 之间。',
	}),
	manifest_missing_field: ({ file, field }) => ({
		message: `${file} 中没有“${field}”。`,
		hint: `请添加“${field}”。`,
	}),
	manifest_wrong_type: ({ file, field }) => ({ message: `${file} 中“${field}”的类型不对。`, hint: save }),
	manifest_too_long: ({ file, field, len, limit }) => ({
		message: `${file} 中的“${field}”太长：${len}，最多 ${limit}。`,
		hint: '请缩短。',
	}),
	manifest_url: ({ file, field }) => ({
		message: `${file} 中的“${field}”必须是不含用户名和密码的 http 或 https 地址。`,
		hint: '请填写如 https://example.com/plugin 的地址，或去掉此项。',
	}),
	manifest_platform: ({ file, platform }) => ({
		message: `${file} 中的“${platform}”不是平台。`,
		hint: '请填写 any，或系统加处理器，例如 linux-x64。',
	}),
	id_empty: () => ({ message: '插件标识不能为空。', hint: idRule }),
	id_too_long: ({ len }) => ({ message: `插件标识最多 64 个字符，现在有 ${len} 个。`, hint: '请缩短。' }),
	id_bad_character: ({ id, character, position }) => ({
		message: `标识“${id}”的第 ${position} 个字符是${character}，不能使用。`,
		hint: idRule,
	}),
	id_bad_separator: ({ id }) => ({ message: `标识“${id}”中分隔符的位置不对。`, hint: idRule }),
	id_device_name: ({ id, device }) => ({
		message: `标识“${id}”不能使用：Windows 将“${device}”保留给设备。`,
		hint: '请换一个标识。',
	}),
	id_not_an_npm_name: ({ name }) => ({ message: `“${name}”不是 npm 包名。`, hint: idRule }),
	version_empty: () => ({ message: '版本号不能为空。', hint: versionRule }),
	version_too_long: ({ len }) => ({ message: `版本号最多 128 个字符，现在有 ${len} 个。`, hint: '请缩短。' }),
	version_prefix: ({ version = '', prefix = '' }) => ({
		message: `“${version}”不是版本号：不能以“${prefix}”开头。`,
		hint: `请写 ${version.slice(prefix.length)}。`,
	}),
	version_not_three_numbers: ({ version }) => ({
		message: `“${version}”不是版本号：版本号有三段数字。`,
		hint: versionRule,
	}),
	version_leading_zero: ({ version, number }) => ({
		message: `“${version}”不是版本号：数字“${number}”以零开头。`,
		hint: versionRule,
	}),
	version_too_large: ({ version, number }) => ({
		message: `“${version}”不是版本号：数字 ${number} 太大。`,
		hint: versionRule,
	}),
	version_not_a_number: ({ version, part }) => ({
		message: `“${version}”不是版本号：“${part}”不是数字。`,
		hint: versionRule,
	}),
	version_bad_identifier: ({ version, sign }) => ({
		message: `“${version}”不是版本号：“${sign}”之后的写法不对。`,
		hint: versionRule,
	}),
	path_empty: () => ({ message: '有一个文件没有名称。' }),
	path_absolute: ({ path }) => ({ message: `“${path}”是绝对路径。` }),
	path_home: ({ path }) => ({ message: `“${path}”以“~”开头，某些程序会将其当作主目录。` }),
	path_backslash: ({ path }) => ({ message: `“${path}”的名称含有反斜杠，在 Windows 上会被当作文件夹分隔。` }),
	path_empty_component: ({ path }) => ({ message: `“${path}”的斜杠之间有空的部分。` }),
	path_dots: ({ path, component }) => ({ message: `“${path}”中的“${component}”会指向别处。` }),
	path_trailing: ({ path, component }) => ({
		message: `“${path}”：名称“${component}”以点或空格结尾，Windows 会将其去掉。`,
	}),
	path_device_name: ({ path, component }) => ({ message: `“${path}”：Windows 将“${component}”保留给设备。` }),
	path_forbidden: ({ path, character }) => ({
		message: `“${path}”的名称含有“${character}”，Windows 不允许。`,
	}),
	path_invisible: ({ path, character }) => ({ message: `“${path}”的名称含有不可见字符 ${character}。` }),
	path_not_nfc: ({ path }) => ({ message: `“${path}”不是 Unicode 的 NFC 组合形式。` }),
	path_too_long: ({ path, bytes }) => ({ message: `“${path}”太长：${bytes} 字节，最多 240。` }),
	path_component_too_long: ({ path, component, bytes }) => ({
		message: `“${path}”：名称“${component}”太长：${bytes} 字节，最多 100。`,
	}),
	path_too_deep: ({ path, depth }) => ({ message: `“${path}”的文件夹层数为 ${depth}，最多 16 层。` }),
	unreadable: ({ path, key }) => ({ message: `无法读取“${path ?? key}”。`, hint: '请检查读取权限。' }),
	file_changed: ({ path }) => ({
		message: `“${path}”在打包过程中发生了变化。`,
		hint: '请在编辑完成后重试。',
	}),
	package_not_written: () => ({ message: '无法写出安装包。', hint: '请检查磁盘，然后重试。' }),
	package_too_large: ({ limit, largest }) => ({
		message: `安装包超过 ${limit}。${largest ? `最大的文件：${largest}。` : ''}`,
		hint: '请用 .patchbayignore 排除用户不需要的文件。',
	}),
	too_many_files: ({ limit }) => ({
		message: `文件太多，最多 ${limit} 个。`,
		hint: '请用 .patchbayignore 排除用户不需要的文件。',
	}),
	file_too_large: ({ path, size, limit }) => ({
		message: `“${path}”有 ${size}，单个文件最多 ${limit}。`,
		hint: '请将其排除或缩小。',
	}),
	unpacked_too_large: ({ size, limit }) => ({
		message: `文件合计 ${size}，最多 ${limit}。`,
		hint: '请排除用户不需要的文件。',
	}),
	nothing_to_pack: () => ({
		message: '除清单外没有可打包的内容。',
		hint: '请检查忽略规则，或选择其他文件夹。',
	}),
	icon_missing: named,
	readme_missing: named,
	changelog_missing: named,
	main_missing: named,
	executable_missing: named,
	no_readme: () => ({ message: '没有 README。', hint: '请添加 README.md，它就是插件的页面。' }),
	no_description: () => ({ message: '插件没有简介。', hint: '请在清单中添加一句话的 description。' }),
	large_file: ({ path }) => ({ message: `“${path}”很大。`, hint: '请确认插件确实需要它。' }),
	no_license: () => ({ message: '没有注明许可证。', hint: '请在清单中添加 license，或添加 LICENSE 文件。' }),
	disk_full: () => ({ message: '磁盘已满。', hint: '请腾出空间后重试。' }),
	file_unreadable: ({ path }) => ({ message: `无法读取 ${path}。`, hint: '请检查读取权限。' }),
	file_unwritable: ({ path }) => ({ message: `无法写入 ${path}。`, hint: '请检查写入权限。' }),
	file_damaged: ({ path }) => ({ message: `${path} 已损坏。`, hint: '请修复该文件，或将其移除以重新开始。' }),
	file_newer: ({ path }) => ({ message: `${path} 由更新版本的 Patchbay 写入。`, hint: '请更新 Patchbay。' }),
	...packages,
};
