using ImageBackend.Infrastructure.Configuration;

namespace ImageBackend.Infrastructure.Storage.S3;

/// <summary>An account with an S3 service. Copies between two buckets of equal accounts stay inside the service.</summary>
/// <param name="Endpoint">Null: Amazon's own, for the region.</param>
/// <param name="Keys">Null: those that the SDK finds (its variables, a profile, the machine's role).</param>
public sealed record S3Account(Uri? Endpoint, string Region, S3Keys? Keys)
{
    private const string DefaultRegion = "us-east-1";

    /// <summary>The account set by the variables that begin with a prefix.</summary>
    internal static S3Account Read(SettingsReader variables, string prefix)
    {
        (string? endpoint, string? accessKey, string? secretKey, string? region) = Declare(variables, prefix);
        foreach ((string name, string? value) in new[] { ("ACCESS_KEY_ID", accessKey), ("SECRET_KEY", secretKey) })
        {
            if (value is null && variables.ValueOf($"{prefix}_{name}_FILE") is null)
            {
                variables.AddError($"{prefix}_{name}", $"is not set, but the prefix {prefix} requires it");
            }
        }

        return new S3Account(Address(variables, $"{prefix}_ENDPOINT", endpoint), region ?? DefaultRegion, new S3Keys(accessKey ?? "", secretKey ?? ""));
    }

    /// <summary>The account set by the SDK's own variables.</summary>
    internal static S3Account ReadOfSdk(SettingsReader variables)
    {
        string? endpoint = variables.ValueOf("AWS_ENDPOINT_URL_S3") ?? variables.ValueOf("AWS_ENDPOINT_URL");
        string region = variables.ValueOf("AWS_REGION") ?? variables.ValueOf("AWS_DEFAULT_REGION") ?? DefaultRegion;
        return new S3Account(Address(variables, "AWS_ENDPOINT_URL", endpoint), region, Keys: null);
    }

    /// <returns>What is set; the table of settings has the names from now on.</returns>
    internal static (string? Endpoint, string? AccessKey, string? SecretKey, string? Region) Declare(SettingsReader variables, string prefix) => (
        variables.Text($"{prefix}_ENDPOINT", null, "Address of the S3 service, such as `https://sos-ch-dk-2.exo.io`; by default Amazon's."),
        variables.Secret($"{prefix}_ACCESS_KEY_ID", "Access key of the account.", "none: required with a prefix"),
        variables.Secret($"{prefix}_SECRET_KEY", "Secret key of the account.", "none: required with a prefix"),
        variables.Text($"{prefix}_DEFAULT_REGION", null, "Region, by the service's name for it.", DefaultRegion));

    private static Uri? Address(SettingsReader variables, string name, string? text)
    {
        if (text is null)
        {
            return null;
        }

        if (Uri.TryCreate(text, UriKind.Absolute, out Uri? address) && address.Scheme is "http" or "https"
            && address.AbsolutePath == "/" && address.UserInfo.Length + address.Query.Length + address.Fragment.Length == 0)
        {
            return address;
        }

        // The message does not repeat the text: it may contain a password.
        variables.AddError(name, "is not the address of a service; for example https://sos-ch-dk-2.exo.io, without a path");
        return null;
    }
}

/// <summary>The keys that an account signs its requests with.</summary>
public sealed record S3Keys(string AccessKey, string SecretKey)
{
    /// <summary>Omits the keys, which a record would print.</summary>
    public override string ToString() => nameof(S3Keys);
}
