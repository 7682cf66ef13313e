using System.Text.RegularExpressions;
using ImageBackend.Infrastructure.Configuration;

namespace ImageBackend.Infrastructure.Storage.S3;

/// <summary>Two buckets, and how to talk to them.</summary>
/// <param name="SendsAcls">Whether each object is made private or public by its own ACL.</param>
/// <param name="HasOldSignature">Whether requests are signed with SHA-1, as very old services require.</param>
/// <param name="Timeout">Limit of one attempt of a call, excluding the time for its bytes.</param>
public sealed partial record S3Settings(S3Place Incoming, S3Place Active, bool SendsAcls, bool HasOldSignature, TimeSpan Timeout)
{
    /// <summary>Size of the largest object that a copy inside the service is given time for, in bytes.</summary>
    public long MaxBytes { get; init; } = 40_000_000;

    /// <param name="isChosen">Whether images are kept here; if not, nothing needs to be set.</param>
    /// <returns>Null if they are not, or if a bucket is missing.</returns>
    internal static S3Settings? Read(SettingsReader variables, bool isChosen)
    {
        string? incoming = Bucket(variables, "INCOMING_BUCKET", "Bucket of uploads until they are published.", isChosen);
        string? active = Bucket(variables, "ACTIVE_BUCKET", "Bucket of published images.", isChosen);
        string? incomingPrefix = Prefix(variables, "INCOMING_PREFIX", "For the incoming bucket, what replaces `PREFIX` in the four names below, such as `EXO`; without it the SDK's own settings (`AWS_ACCESS_KEY_ID`, `AWS_REGION`, a profile, a role) apply.", isChosen);
        string? activePrefix = Prefix(variables, "ACTIVE_PREFIX", "The same for the active bucket.", isChosen);
        (S3Account incomingAccount, S3Account activeAccount) = Accounts(variables, incomingPrefix, activePrefix, isChosen);
        bool sendsAcls = variables.Choice("S3_ACL", ["canned", "none"], "`canned`: incoming objects are private, active ones public-read; `none`: no ACL is sent, for buckets that forbid them.") == "canned";
        bool hasOldSignature = variables.Choice("S3_SIGNATURE_VERSION", ["s3v4", "s3"], "How requests are signed; `s3`: the old way, with SHA-1.") == "s3";
        TimeSpan timeout = variables.Seconds("S3_TIMEOUT", 15, "Seconds that one attempt of a call to S3 may take, besides the time for its bytes; each call has three attempts.");
        if (!isChosen || incoming is null || active is null)
        {
            return null;
        }

        if (incoming == active && incomingAccount.Endpoint == activeAccount.Endpoint)
        {
            variables.AddError("ACTIVE_BUCKET", $"is the same bucket as INCOMING_BUCKET ('{active}'); uploads would be public immediately");
        }

        if (hasOldSignature && (incomingAccount.Keys is null || activeAccount.Keys is null))
        {
            variables.AddError("S3_SIGNATURE_VERSION", "s3 needs keys of its own: set INCOMING_PREFIX and ACTIVE_PREFIX with their _ACCESS_KEY_ID and _SECRET_KEY");
        }

        S3Place from = new(incoming, incomingAccount, incomingPrefix);
        return new S3Settings(from, new S3Place(active, activeAccount, activePrefix), sendsAcls, hasOldSignature, timeout);
    }

    private static (S3Account Incoming, S3Account Active) Accounts(SettingsReader variables, string? incomingPrefix, string? activePrefix, bool isChosen)
    {
        if (!isChosen || (incomingPrefix is null && activePrefix is null))
        {
            S3Account.Declare(variables, "PREFIX"); // as the table shows them
        }

        S3Account incoming = Account(incomingPrefix);
        return (incoming, activePrefix == incomingPrefix ? incoming : Account(activePrefix));

        S3Account Account(string? prefix) =>
            !isChosen ? new S3Account(null, "", null) : prefix is null ? S3Account.ReadOfSdk(variables) : S3Account.Read(variables, prefix);
    }

    private static string? Prefix(SettingsReader variables, string name, string meaning, bool isChosen)
    {
        string? prefix = variables.Text(name, null, meaning);
        if (!isChosen || prefix is null || PrefixGrammar().IsMatch(prefix))
        {
            return prefix;
        }

        variables.AddError(name, $"'{prefix}' can't begin the name of a variable; for example EXO");
        return null;
    }

    private static string? Bucket(SettingsReader variables, string name, string meaning, bool isChosen)
    {
        string? bucket = variables.Text(name, null, meaning, "none: required with `s3`");
        if (!isChosen)
        {
            return null;
        }

        if (bucket is null)
        {
            variables.AddError(name, $"is not set; for example {name}=my-site-{name[..^7].ToLowerInvariant()}");
        }
        else if (!BucketGrammar().IsMatch(bucket))
        {
            variables.AddError(name, $"'{bucket}' is not a valid bucket name; for example my-site-{name[..^7].ToLowerInvariant()}");
        }

        return bucket;
    }

    [GeneratedRegex(@"\A[A-Za-z_][A-Za-z0-9_]*\z", RegexOptions.CultureInvariant)]
    private static partial Regex PrefixGrammar();

    // Capitals and underscores were once allowed, and such buckets still exist.
    [GeneratedRegex(@"\A[A-Za-z0-9][A-Za-z0-9._-]{1,253}[A-Za-z0-9]\z", RegexOptions.CultureInvariant)]
    private static partial Regex BucketGrammar();
}

/// <summary>A bucket, and the account that works with it.</summary>
/// <param name="Prefix">Prefix of the variables that set the account; null: the SDK's own variables set it.</param>
public sealed record S3Place(string Bucket, S3Account Account, string? Prefix = null)
{
    /// <summary>The variable that sets the region.</summary>
    public string RegionVariable => Prefix is null ? "AWS_REGION" : $"{Prefix}_DEFAULT_REGION";

    /// <summary>The variable that sets the endpoint.</summary>
    public string EndpointVariable => Prefix is null ? "AWS_ENDPOINT_URL" : $"{Prefix}_ENDPOINT";
}
