using System.Text.RegularExpressions;
using ImageBackend.Infrastructure.Configuration;
using ImageBackend.Infrastructure.Measuring;

namespace ImageBackend.Infrastructure.Composition;

/// <summary>What only the HTTP service needs; declared here so that one table lists all settings.</summary>
/// <param name="Port">0: any free one.</param>
/// <param name="ApiSecretKey">Null only in development; then a random one is used.</param>
/// <param name="PreviousSecretKey">Accepted, too; null: there is none.</param>
/// <param name="RoutePrefix">Precedes every path: empty, or with a leading slash and no final one.</param>
/// <param name="AllowedOrigins">Origins whose pages may read answers; <c>*</c>: all.</param>
public sealed partial record ServiceSettings(
    int Port, string? ApiSecretKey, string? PreviousSecretKey, string RoutePrefix, IReadOnlyList<string> AllowedOrigins)
{
    public TrafficLimits Traffic { get; init; } = TrafficLimits.Default;

    /// <summary>What tells this process from others that share its storage.</summary>
    public string ReplicaName { get; init; } = Environment.MachineName;

    public bool LogsJson { get; init; }

    /// <summary>Whether the studio, a page to see and try the service, is served.</summary>
    public bool HasStudio { get; init; }

    /// <summary>Whether Hangfire's dashboard of the batches that several machines share is served.</summary>
    public bool HasBatchDashboard { get; init; }

    public TelemetrySettings Telemetry { get; init; } = new(null, "/metrics", SendsOtlp: false);

    public static ServiceSettings Read(SettingsReader variables)
    {
        int port = variables.Number("SERVICE_PORT", 8080, 0, 65535, "Port of the HTTP service; 0 takes a free one.");
        return ReadBeside(port, variables) with { Telemetry = TelemetrySettings.Read(variables, port) };
    }

    private static ServiceSettings ReadBeside(int port, SettingsReader variables) => new(
        port,
        variables.RequiredSecret(
            "API_SECRET_KEY", "The secret that the site's API sends.", "a random one, printed at start,", "the-output-of-openssl-rand-hex-32"),
        variables.Secret("API_SECRET_KEY_PREVIOUS", "A second secret that is accepted, while the site's API changes to a new one."),
        ReadRoutePrefix(variables),
        ReadAllowedOrigins(variables))
    {
        Traffic = TrafficLimits.Read(variables),
        ReplicaName = variables.Text(
            "REPLICA_NAME",
            Environment.MachineName,
            "What tells this service from others behind one proxy: an id of a resumable upload begins with the first eight digits of its SHA-256, so that the proxy can find who has the upload.",
            shownDefault: "the host's name")!,
        LogsJson = variables.Choice("LOG_FORMAT", ["text", "json"], "How the service logs: `text`, for people; `json`, an object a line.") == "json",
        HasStudio = variables.Flag("STUDIO", "Whether `/studio` is served: a page to upload, see, publish and change images. Everything on it except uploading needs the secret.", inDevelopment: true),
        HasBatchDashboard = variables.Flag("BATCH_DASHBOARD", "Whether `/batches` is served: the dashboard of Hangfire, to look at the jobs of batches that several machines share. It needs `BATCH_DATABASE_URL`, and asks for the secret."),
    };

    private static string ReadRoutePrefix(SettingsReader variables)
    {
        const string Name = "ROUTE_PREFIX";
        string value = variables.Text(Name, "", "A path before all others, such as `/img`.")!.TrimEnd('/');
        if (value.Length == 0 || PrefixGrammar().IsMatch(value))
        {
            return value;
        }

        variables.AddError(Name, $"'{value}' is not a valid path; for example /img");
        return "";
    }

    private static string[] ReadAllowedOrigins(SettingsReader variables)
    {
        const string Name = "ALLOWED_ORIGINS";
        string[] origins = variables.Text(Name, "*", "Origins whose pages may read answers, comma-separated, such as `https://www.example.org` or `capacitor://localhost`; `*`: all.")!
            .Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        foreach (string origin in origins.Where(origin => origin != "*" && !IsOrigin(origin)))
        {
            variables.AddError(Name, origin == "null"
                ? "'null' is the origin of every sandboxed frame and local file, so it would let everybody in; '*' says so openly"
                : $"'{origin}' is not an origin; for example https://www.example.org or capacitor://localhost, without a path");
        }

        return origins;
    }

    // As browsers write it: lowercase, no default port, international names in ASCII. Old web views send a bare "file://".
    private static bool IsOrigin(string text) => text == "file://"
        || (OriginGrammar().IsMatch(text) && Uri.TryCreate(text, UriKind.Absolute, out Uri? uri)
            && (uri.Scheme is not ("http" or "https") || text == uri.GetLeftPart(UriPartial.Authority)));

    [GeneratedRegex(@"\A[a-z][a-z0-9+.-]*://([A-Za-z0-9._~-]+|\[[0-9a-f:.]+\])(:[0-9]{1,5})?\z", RegexOptions.CultureInvariant)]
    private static partial Regex OriginGrammar();

    [GeneratedRegex(@"\A(/[A-Za-z0-9._~-]+)+\z", RegexOptions.CultureInvariant)]
    private static partial Regex PrefixGrammar();
}
