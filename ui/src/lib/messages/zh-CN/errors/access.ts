import type { Sentences } from '../../errors';

const KEYCHAIN: Record<string, string> = {
	absent: '这里没有 Patchbay 可用的钥匙串。',
	locked: '钥匙串已锁定。',
	silent: '钥匙串没有答复，可能正在等待解锁。',
	broken: '钥匙串报告了错误。',
};

const logIn = '请在“仓库”中登录，或选择其他凭据来源。';
const another = '请在“仓库”中为此仓库选择其他凭据来源。';

/** Credentials, and what a person enters about a registry. */
export const access: Sentences = {
	no_credentials: () => ({ message: '此仓库没有凭据。', hint: logIn }),
	no_keychain: ({ reason = '' }) => ({
		message: KEYCHAIN[reason] ?? '无法使用钥匙串。',
		hint: `请${reason === 'locked' || reason === 'silent' ? '解锁' : '启动'}钥匙串，或在“仓库”中改用 AWS 配置或环境变量。`,
	}),
	credentials_not_stored: ({ registry }) => ({
		message: `钥匙串中没有仓库 ${registry} 的凭据。`,
		hint: logIn,
	}),
	credentials_damaged: ({ registry }) => ({
		message: `钥匙串中仓库 ${registry} 的内容不是密钥对。`,
		hint: logIn,
	}),
	credentials_too_long: ({ limit }) => ({
		message: `凭据太长，钥匙串最多容纳 ${limit} 字节。`,
		hint: another,
	}),
	credentials_empty: () => ({ message: '密钥对不完整。', hint: '请填写访问密钥 ID 和私有访问密钥。' }),
	credentials_not_in_environment: ({ variable }) => ({
		message: `未设置 ${variable}。`,
		hint: `请设置 ${variable} 并重新启动 Patchbay，或在“仓库”中选择其他来源。`,
	}),
	aws_profile_unknown: ({ name, known }) => ({
		message: `AWS 配置中没有名为 ${name} 的配置。`,
		hint: known ? `现有：${known}。` : '可用 aws configure --profile 创建。',
	}),
	aws_configuration_invalid: () => ({
		message: '无法理解 AWS 配置。',
		hint: '运行 aws configure list 可找到出错的行。',
	}),
	aws_configuration_unreadable: ({ path }) => ({ message: `无法读取 ${path}。`, hint: '请检查读取权限。' }),
	aws_profile_failed: ({ name }) => ({ message: `AWS 配置 ${name} 没有给出凭据。` }),
	credentials_unavailable: () => ({ message: '无法取得凭据。', hint: another }),
	credentials_embedded: () => ({ message: '内置仓库自带密钥。' }),
	credentials_not_needed: () => ({ message: '公开网址不需要凭据。' }),
	not_keychain: ({ registry }) => ({
		message: `仓库 ${registry} 的凭据不来自钥匙串。`,
		hint: '请移除此仓库，再用单独的密钥重新添加。',
	}),
	registry_name_invalid: () => ({
		message: '这个名称不能用作仓库名。',
		hint: '请使用 1–64 个小写字母、数字，中间可用单个 -。',
	}),
	registry_name_taken: ({ name }) => ({
		message: `已有名为 ${name} 的仓库。`,
		hint: '请换一个名称，或先移除原有仓库。',
	}),
	registry_unknown: ({ name }) => ({ message: `没有名为 ${name} 的仓库。`, hint: '请在“仓库”中添加。' }),
	registry_none: () => ({ message: '还没有仓库。', hint: '请在“仓库”中添加。' }),
	registry_bucket_or_url: () => ({
		message: '仓库要么是存储桶，要么是公开网址。',
		hint: '请填写存储桶，或通过 HTTP 读取的仓库网址。',
	}),
	registry_not_for_url: () => ({ message: '公开网址没有这一项。', hint: '请将其留空。' }),
	bucket_name_invalid: ({ bucket }) => ({
		message: `${bucket} 不能用作存储桶名称。`,
		hint: '请只填存储桶名称：不含 /、空格和 s3://。',
	}),
	prefix_invalid: ({ prefix }) => ({
		message: `${prefix} 不能用作前缀。`,
		hint: '请填写存储桶内的文件夹，例如 plugins。',
	}),
	region_invalid: ({ region }) => ({
		message: `${region} 不是区域。`,
		hint: '请填写区域，例如 eu-central-1，或 auto。',
	}),
	url_invalid: () => ({
		message: '地址必须以 https:// 或 http:// 开头。',
		hint: '例如 https://s3.example.com。',
	}),
	url_with_secret: () => ({
		message: '地址中含有不应出现的内容。',
		hint: '请去掉用户名、密码和参数；密钥应放在钥匙串中。',
	}),
	endpoint_with_path: () => ({
		message: '端点的主机名后面有路径。',
		hint: '请只填主机，例如 https://s3.example.com，并另行填写存储桶。',
	}),
	credentials_source_missing: () => ({
		message: '存储桶需要凭据。',
		hint: '请选择钥匙串、环境变量或 AWS 配置。',
	}),
	registry_public_url: ({ host }) => ({
		message: `${host} 是公开网址，只能读取。`,
		hint: '如需发布，请将其背后的存储桶添加为仓库。',
	}),
};
