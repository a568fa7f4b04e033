//! What a secret looks like. Each rule has words of which one must stand in a secret of its kind, so that a file without any is
//! passed over quickly, and an expression that decides.
//!
//! The ideas are those of the usual scanners; the expressions are narrower, because a finding stops a publish: shapes with a
//! fixed prefix and length, and values that look random.

/// A kind of secret.
pub(super) struct Rule {
    /// Its name, as people write it to allow a finding.
    pub(super) name: &'static str,
    /// One of these stands in it.
    pub(super) words: &'static [&'static str],
    /// Decides. The group `s`, else the whole match, is the secret.
    pub(super) expression: &'static str,
    /// The least bits per character of the secret: placeholders repeat themselves.
    pub(super) entropy: f64,
    /// Only in files that hold settings: elsewhere the words are too common.
    pub(super) settings_only: bool,
}

const fn rule(name: &'static str, words: &'static [&'static str], expression: &'static str) -> Rule {
    Rule { name, words, expression, entropy: 2.8, settings_only: false }
}

/// All of them.
pub(super) const RULES: &[Rule] = &[
    // PEM, also inside a JSON text, where a line ends in `\n`. A library that only knows the heading has no key.
    Rule {
        entropy: 0.0,
        ..rule(
            "private-key",
            &["PRIVATE KEY"],
            r"-----BEGIN (?:[A-Z0-9]+ ){0,2}PRIVATE KEY(?: BLOCK)?-----(?:\\r|\\n|\s|[A-Za-z][A-Za-z-]*: [^\n]*\n)*(?P<s>[A-Za-z0-9+/=]{40,})",
        )
    },
    rule("age-key", &["AGE-SECRET-KEY-1"], r"AGE-SECRET-KEY-1[QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L]{58}"),
    rule("aws-access-key", &["AKIA", "ASIA"], r"\b(?P<s>(?:AKIA|ASIA)[A-Z2-7]{16})\b"),
    Rule {
        entropy: 4.2,
        ..rule(
            "aws-secret-key",
            &["ecret_access_key", "ecretAccessKey", "ECRET_ACCESS_KEY"],
            r#"(?i)secret_?access_?key["']?\s*[:=]\s*["']?(?P<s>[A-Za-z0-9/+]{40})(?:[^A-Za-z0-9/+=]|$)"#,
        )
    },
    rule("azure-storage-key", &["AccountKey="], r"AccountKey=(?P<s>[A-Za-z0-9+/]{86}==)"),
    rule("google-oauth-secret", &["GOCSPX-"], r"\bGOCSPX-[A-Za-z0-9_-]{28}\b"),
    rule("google-refresh-token", &["1//0"], r"\b1//0[A-Za-z0-9_-]{60,}"),
    rule("digitalocean-token", &["dop_v1_", "doo_v1_", "dor_v1_"], r"\bdo[por]_v1_[a-f0-9]{64}\b"),
    rule("github-token", &["ghp_", "gho_", "ghu_", "ghs_", "ghr_"], r"\bgh[pousr]_[A-Za-z0-9]{36,255}\b"),
    rule("github-fine-grained-token", &["github_pat_"], r"\bgithub_pat_[A-Za-z0-9]{22}_[A-Za-z0-9]{59}\b"),
    rule("gitlab-token", &["glpat-", "gldt-", "glrt-", "glptt-"], r"\bgl(?:pat|dt|rt|ptt)-[A-Za-z0-9_-]{20,}"),
    rule("npm-token", &["npm_"], r"\bnpm_[A-Za-z0-9]{36}\b"),
    rule("npmrc-token", &["_authToken", "_password"], r"(?m)^\s*(?://\S+:)?(?:_authToken|_password)\s*=\s*(?P<s>[A-Za-z0-9+/=_.-]{16,})"),
    rule("pypi-token", &["pypi-AgEIcHlwaS5vcmc"], r"\bpypi-AgEIcHlwaS5vcmc[A-Za-z0-9_-]{50,}"),
    rule("slack-token", &["xoxb-", "xoxp-", "xoxa-", "xoxr-", "xoxs-", "xapp-"], r"\b(?:xox[bpars]|xapp)-[0-9]{1,13}-[A-Za-z0-9-]{20,}"),
    rule(
        "slack-webhook",
        &["hooks.slack.com/"],
        r"https://hooks\.slack\.com/(?:services|workflows)/T[A-Za-z0-9_]{8,}/[AB][A-Za-z0-9_]{8,}/[A-Za-z0-9_]{20,}",
    ),
    rule(
        "discord-webhook",
        &["/api/webhooks/"],
        r"https://(?:canary\.|ptb\.)?discord(?:app)?\.com/api/webhooks/[0-9]{17,20}/[A-Za-z0-9_-]{60,}",
    ),
    rule("telegram-token", &[":AA"], r"\b[0-9]{8,10}:AA[A-Za-z0-9_-]{33}\b"),
    rule("stripe-key", &["sk_live_", "rk_live_"], r"\b[sr]k_live_[A-Za-z0-9]{20,}"),
    rule("openai-key", &["T3BlbkFJ"], r"\bsk-[A-Za-z0-9_-]{20,}T3BlbkFJ[A-Za-z0-9_-]{20,}"),
    rule("anthropic-key", &["sk-ant-"], r"\bsk-ant-[a-z]{3,5}[0-9]{2}-[A-Za-z0-9_-]{80,}"),
    rule("huggingface-token", &["hf_"], r"\bhf_[A-Za-z]{34}\b"),
    rule("sendgrid-key", &["SG."], r"\bSG\.[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43}\b"),
    rule("mailgun-key", &["key-"], r#"(?i)mailgun[^\n]{0,40}["'= ](?P<s>key-[0-9a-f]{32})\b"#),
    rule("shopify-token", &["shpat_", "shpca_", "shppa_", "shpss_"], r"\bshp(?:at|ca|pa|ss)_[a-fA-F0-9]{32}\b"),
    rule("vault-token", &["hvs."], r"\bhvs\.[A-Za-z0-9_-]{90,}"),
    rule("linear-key", &["lin_api_"], r"\blin_api_[A-Za-z0-9]{40}\b"),
    rule("notion-token", &["ntn_"], r"\bntn_[0-9]{11}[A-Za-z0-9]{35}\b"),
    rule("grafana-token", &["glsa_"], r"\bglsa_[A-Za-z0-9]{32}_[a-fA-F0-9]{8}\b"),
    rule("atlassian-token", &["ATATT3"], r"\bATATT3[A-Za-z0-9_=-]{180,}"),
    rule("docker-token", &["dckr_pat_"], r"\bdckr_pat_[A-Za-z0-9_-]{27,}"),
    rule("doppler-token", &["dp.pt."], r"\bdp\.pt\.[A-Za-z0-9]{43}\b"),
    Rule {
        entropy: 4.0,
        settings_only: true,
        ..rule(
            "password-in-settings",
            &["ey", "EY", "ecret", "ECRET", "oken", "OKEN", "assw", "ASSW"],
            r#"(?im)^[^#\n]{0,40}(?:api[_-]?key|secret|token|passw(?:or)?d)[a-z_-]{0,20}["']?\s*[:=]\s*["']?(?P<s>[A-Za-z0-9_+/=.-]{20,})["']?\s*,?\s*$"#,
        )
    },
];
