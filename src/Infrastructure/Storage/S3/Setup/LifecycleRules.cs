using Amazon.S3;
using Amazon.S3.Model;

namespace ImageBackend.Infrastructure.Storage.S3.Setup;

/// <summary>The rules that make a bucket clean itself.</summary>
internal static class LifecycleRules
{
    private const string ExpiryId = "expire-unpublished";
    private const string AbortId = "abort-uploads-in-parts";
    private const int Days = 1; // the minimum

    public static LifecycleRule Expiry { get; } = new()
    {
        Id = ExpiryId,
        Status = LifecycleRuleStatus.Enabled,
        Filter = new LifecycleFilter { Prefix = "" },
        Expiration = new LifecycleRuleExpiration { Days = Days },
    };

    public static LifecycleRule Abort { get; } = new()
    {
        Id = AbortId,
        Status = LifecycleRuleStatus.Enabled,
        Filter = new LifecycleFilter { Prefix = "" },
        AbortIncompleteMultipartUpload = new LifecycleRuleAbortIncompleteMultipartUpload { DaysAfterInitiation = Days },
    };

    public static async Task<IReadOnlyList<LifecycleRule>> OfAsync(AmazonS3Client client, string bucket, CancellationToken cancellationToken)
    {
        try
        {
            return (await client.GetLifecycleConfigurationAsync(bucket, cancellationToken)).Configuration?.Rules ?? [];
        }
        catch (AmazonS3Exception exception) when (exception.ErrorCode == "NoSuchLifecycleConfiguration")
        {
            return [];
        }
    }

    /// <returns>Whether a service says that it does not support such rules.</returns>
    public static bool AreUnknown(AmazonS3Exception exception) =>
        S3Faults.IsUnknown(exception) || exception.ErrorCode == "MalformedXML";

    /// <returns>Whether a rule removes every object in time.</returns>
    public static bool ExpiresAll(LifecycleRule rule) =>
        rule.Status == LifecycleRuleStatus.Enabled && rule.Expiration?.Days > 0 && IsOfAll(rule);

    public static bool IsOurs(LifecycleRule rule) => rule.Id is ExpiryId or AbortId;

    // Rules read back differ in form from those written, and Ceph returns them in an older form.
    private static bool IsOfAll(LifecycleRule rule) => rule.Filter?.LifecycleFilterPredicate switch
    {
        null => true,
        LifecyclePrefixPredicate { Prefix: "" or null } => true,
        _ => false,
    };
}
