//! Who the provider says we are.

use std::time::Duration;

use aws_sdk_sts::config::{BehaviorVersion, Region, SharedHttpClient, retry::RetryConfig, timeout::TimeoutConfig};
use url::Url;

use super::Identity;
use crate::environment::Environment;

/// How long a name beside the door is worth waiting for.
const PATIENCE: Duration = Duration::from_secs(3);

/// The ARN of the identity that signs, as STS `GetCallerIdentity` tells it; none when it does not within 3 seconds.
///
/// `endpoint` is the registry's own. Only AWS has an STS that knows the keys, so another store is asked nothing, and its keys are
/// not shown to Amazon; unless `AWS_ENDPOINT_URL_STS` or `AWS_ENDPOINT_URL` says where its STS is.
pub async fn identity(
    identity: &Identity,
    region: Option<&str>,
    endpoint: Option<&Url>,
    environment: &Environment,
    http: &SharedHttpClient,
) -> Option<String> {
    let sts = environment.sts_endpoint();
    if sts.is_none() && !endpoint.is_none_or(is_aws) {
        return None;
    }
    let config = aws_sdk_sts::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .credentials_provider(identity.provider.clone())
        .region(Region::new(region.unwrap_or("us-east-1").to_owned()))
        .http_client(http.clone())
        .retry_config(RetryConfig::disabled())
        .timeout_config(TimeoutConfig::builder().operation_timeout(PATIENCE).build());
    let config = sts.into_iter().fold(config, aws_sdk_sts::config::Builder::endpoint_url).build();
    let call = aws_sdk_sts::Client::from_conf(config).get_caller_identity().send();
    // The SDK's own timeout does not cover a provider that starts a program.
    tokio::time::timeout(PATIENCE, call).await.ok()?.ok()?.arn
}

/// The hosts of AWS, of its China partition, and of its newer names ("Amazon S3 endpoints and quotas").
fn is_aws(endpoint: &Url) -> bool {
    let host = endpoint.host_str().unwrap_or_default();
    [".amazonaws.com", ".amazonaws.com.cn", ".api.aws"].iter().any(|suffix| host.ends_with(suffix))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_aws_is_aws() {
        for (address, expected) in [
            ("https://s3.eu-central-1.amazonaws.com", true),
            ("https://s3.cn-north-1.amazonaws.com.cn", true),
            ("https://s3.us-east-1.api.aws", true),
            ("https://amazonaws.com.evil.example", false),
            ("https://xamazonaws.com", false),
            ("https://s3.example.com", false),
            ("http://127.0.0.1:8333", false),
        ] {
            assert_eq!(is_aws(&Url::parse(address).unwrap()), expected, "{address}");
        }
    }
}
