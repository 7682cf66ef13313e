namespace ImageBackend.Infrastructure.Configuration;

/// <summary>What the HTTP service alone needs; declared here so that one table lists all settings.</summary>
/// <param name="Port">0: any free one.</param>
/// <param name="ApiSecretKey">Null only in development: then a random one is drawn.</param>
/// <param name="CacheControl">Header of published images.</param>
public sealed record ServiceSettings(int Port, string? ApiSecretKey, string CacheControl)
{
    public static ServiceSettings Read(SettingsReader variables) => new(
        variables.Number("SERVICE_PORT", 8080, 0, 65535, "Port of the HTTP service; 0 takes a free one."),
        variables.Required(
            "API_SECRET_KEY", "The secret that `/publish` and `/delete` ask for.", "a random one, printed at start,", "the-output-of-openssl-rand-hex-32"),
        ReadCacheControl(variables));

    private static string ReadCacheControl(SettingsReader variables)
    {
        const string Name = "CACHE_CONTROL";
        string value = variables.Text(Name, "public, max-age=3600", "Cache-Control header of published images.")!;
        if (value.Any(char.IsControl))
        {
            variables.Mistake(Name, "has a line break or another control character; for example public, max-age=3600");
        }

        return value;
    }
}
