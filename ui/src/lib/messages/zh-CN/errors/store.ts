import type { Sentences } from '../../errors';

/** What Rust finds out about a connection, in its own words. */
const REASONS: Record<string, string> = {
	'no answer in time': '超时未答复',
	'the connection was closed before an answer came': '在答复之前连接已关闭',
	'the answer was cut off': '答复中断',
	'the connection was refused': '连接被拒绝',
	'there is no network': '没有网络',
	'there is no way to it': '无法到达',
	'no connection could be made': '无法建立连接',
	'the name does not resolve': '无法解析域名',
	'its certificate has expired': '证书已过期',
	'its certificate is not valid yet': '证书尚未生效',
	'its certificate was issued by nobody this computer trusts': '证书的签发者不受本机信任',
	'its certificate is for another name': '证书属于另一个域名',
	'its certificate was revoked': '证书已被吊销',
	'its certificate is not acceptable': '证书无法接受',
	'it does not speak TLS': '对方不支持 TLS',
	'it speaks no version of TLS that is safe': '对方不支持安全的 TLS 版本',
	'it ended the handshake': '对方中止了握手',
	'the handshake failed': '握手失败',
};

const VERBS: Record<string, string> = {
	read: '读取',
	write: '写入',
	create: '创建',
	list: '列出',
	remove: '删除',
};

const because = (reason = '') => (reason === '' ? '' : `：${REASONS[reason] ?? reason}`);

/** The store and the way to it. */
export const store: Sentences = {
	no_ranges: ({ endpoint }) => ({
		message: `${endpoint} 只提供完整文件，因此无法单独读取其中的文件。`,
		hint: '请下载安装包后查看。',
	}),
	object_missing: ({ key }) => ({
		message: `仓库中没有对象 ${key}。`,
		hint: '请刷新；若仍然如此，请在“仓库”中测试连接。',
	}),
	changed_meanwhile: ({ key }) => ({
		message: `有人先更改了 ${key}。`,
		hint: '请查看现在的内容，然后重试。',
	}),
	busy: ({ key }) => ({ message: `有人正在写入 ${key}。`, hint: '请查看现在的内容，然后重试。' }),
	no_bucket: ({ bucket, endpoint }) => ({
		message: `${endpoint} 上没有存储桶 ${bucket}。`,
		hint: '请检查存储桶名称和端点，或让 Patchbay 创建它。',
	}),
	wrong_region: ({ bucket, region, actual }) => ({
		message: `存储桶 ${bucket} 不在区域 ${region}${actual ? `，而在 ${actual}` : ''}。`,
		hint: '请将仓库的区域改为存储桶所在区域。',
	}),
	wrong_key: () => ({
		message: '存储服务不接受此访问密钥。',
		hint: '请向提供密钥的人核实，然后在“仓库”中重新输入。',
	}),
	expired: () => ({ message: '凭据已过期。', hint: '请在服务商处重新登录，然后重试。' }),
	clock_skew: () => ({ message: '本机时钟与存储服务相差太大。', hint: '请校准本机时钟，然后重试。' }),
	denied: ({ verb = '', what }) => ({
		message: `这些凭据无权${VERBS[verb] ?? '操作'} ${what}。`,
		hint: '请向存储桶管理员申请此权限。',
	}),
	tls: ({ endpoint, reason }) => ({
		message: `无法与 ${endpoint} 建立可信连接${because(reason)}。`,
		hint: '请检查端点；如在公司代理之后，请将 AWS_CA_BUNDLE 设为其证书。',
	}),
	unreachable: ({ endpoint, reason }) => ({
		message: `无法连接 ${endpoint}${because(reason)}。`,
		hint: '请检查网络和端点，然后重试。',
	}),
	connection_lost: ({ endpoint, reason }) => ({
		message: `与 ${endpoint} 的连接中断${because(reason)}。`,
		hint: '请检查网络和端点，然后重试。',
	}),
	unavailable: ({ endpoint, status }) => ({
		message: `${endpoint} 暂时无法答复（状态 ${status}）。`,
		hint: '请稍后重试。',
	}),
	not_a_store: ({ endpoint }) => ({
		message: `${endpoint} 的答复不像是存储服务。`,
		hint: '请检查端点；如使用访客网络，请先登录该网络。',
	}),
	damaged: ({ key }) => ({
		message: `${key} 在传输中损坏。`,
		hint: '请重试；若仍然如此，请告知仓库管理员。',
	}),
	too_large: ({ key, limit }) => ({ message: `${key} 超过 ${limit} 字节。`, hint: '请告知仓库管理员。' }),
	disk: ({ path }) => ({ message: `无法读写 ${path}。`, hint: '请腾出磁盘空间或检查文件权限，然后重试。' }),
	read_only_url: () => ({
		message: '公开网址上的仓库只能读取。',
		hint: '如需发布，请将存储桶本身添加为仓库。',
	}),
	store_refused: ({ code, status }) => ({
		message: `存储服务拒绝了请求：${code}（状态 ${status}）。`,
		hint: '请在“仓库”中测试连接。',
	}),
	probe_failed: ({ checks }) => ({
		message: `此存储服务未遵守条件写入，因此只能读取。未通过的检查：${checks}。`,
		hint: '在这里发布可能覆盖他人的发布。请使用遵守 If-Match 和 If-None-Match 的存储，例如 AWS S3 或 SeaweedFS。',
	}),
	not_a_registry: ({ place }) => ({
		message: `${place} 不是仓库：其中没有 registry.json。`,
		hint: '请检查存储桶和前缀；添加时可将空存储桶设为仓库。',
	}),
	not_empty: ({ place }) => ({
		message: `${place} 不是空的，也不是仓库。`,
		hint: '请选择空的存储桶，或使用单独的前缀。',
	}),
	newer_format: ({ key }) => ({ message: `${key} 使用了更新的格式。`, hint: '请更新 Patchbay。' }),
	cut_off: ({ key }) => ({ message: `${key} 不完整。`, hint: '请告知仓库管理员；历史中保留了之前的内容。' }),
	inconsistent: ({ key }) => ({
		message: `${key} 的内容自相矛盾。`,
		hint: '请告知仓库管理员；历史中保留了之前的内容。',
	}),
	set_back: ({ plugin }) => ({
		message: `仓库中 ${plugin} 的内容比之前看到的更旧。`,
		hint: '有人恢复了旧数据或篡改了仓库，请告知仓库管理员。',
	}),
	catalogue_shrank: ({ had, has }) => ({
		message: `目录中只有 ${has} 个插件，而之前有 ${had} 个。`,
		hint: '仍使用之前的目录。请向仓库管理员确认；若情况属实，可选择接受。',
	}),
	documents_missing: ({ listed, there }) => ({
		message: `目录列出 ${listed} 个插件，其中只有 ${there} 个有文档。`,
		hint: '目录保持不变。请检查是否有人从存储桶中删除了文档；若情况属实，请使用 “patchbay sync --catch-up --accept”。',
	}),
	catalogue_back: ({ known, now }) => ({
		message: `目录被退回：之前在位置 ${known}，现在在 ${now}。`,
		hint: '仍使用之前的目录。请询问仓库管理员是否恢复了备份；若情况属实，可选择接受。',
	}),
	altered: ({ key }) => ({
		message: `${key} 与发布时不同：内容与摘要不符。`,
		hint: '请不要使用，并告知仓库管理员。',
	}),
	embedded_failed: () => ({ message: '内置仓库无法启动。' }),
};
