using System.Text.RegularExpressions;
using ImageBackend.Infrastructure.Configuration;

namespace ImageBackend.Infrastructure.Measuring;

/// <summary>Where measurements and traces go.</summary>
/// <param name="MetricsPort">Of the page that Prometheus reads; null: there is none. 0: any free one.</param>
/// <param name="MetricsPath">Of that page, with a leading slash.</param>
/// <param name="SendsOtlp">Whether they are sent to a collector. The SDK reads the details, and further <c>OTEL_</c> variables, itself.</param>
public sealed partial record TelemetrySettings(int? MetricsPort, string MetricsPath, bool SendsOtlp)
{
    private const string PathName = "METRICS_PATH";
    private const string EndpointName = "OTEL_EXPORTER_OTLP_ENDPOINT";

    // The SDK reads these too; each means that somebody wants something to be sent.
    private static readonly string[] Endpoints = [EndpointName, "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT"];

    /// <param name="servicePort">Of the service itself, which can't be the same; 0: any free one.</param>
    public static TelemetrySettings Read(SettingsReader variables, int servicePort)
    {
        int port = variables.Number("METRICS_PORT", 8081, 0, 65535, "Port of the metrics for Prometheus; 0 takes a free one.");
        string path = variables.Text(PathName, "/metrics", "Their path.")!;
        bool isOff = variables.Flag("DISABLE_PROMETHEUS_METRICS", "Whether there is no such port.");
        if (!isOff && port != 0 && port == servicePort)
        {
            variables.AddError("METRICS_PORT", $"is {port}, as SERVICE_PORT; give each a port of its own, or set DISABLE_PROMETHEUS_METRICS=1");
        }

        if (!PathGrammar().IsMatch(path))
        {
            variables.AddError(PathName, $"'{path}' is not a path; for example /metrics");
        }

        return new TelemetrySettings(isOff ? null : port, path, ReadOtlp(variables));
    }

    /// <summary>Of the program <c>images</c>, which has no port.</summary>
    public static bool ReadOtlp(SettingsReader variables)
    {
        variables.Text(
            EndpointName, null, "An OpenTelemetry collector that traces and metrics are sent to, such as `http://collector:4317`; other `OTEL_` variables say how.");
        foreach (string name in Endpoints)
        {
            if (variables.ValueOf(name) is { } address && !(Uri.TryCreate(address, UriKind.Absolute, out Uri? uri) && uri.Scheme is "http" or "https"))
            {
                variables.AddError(name, "is not an address; for example http://collector:4317");
            }
        }

        return Endpoints.Any(name => variables.ValueOf(name) is not null);
    }

    [GeneratedRegex(@"\A(/[A-Za-z0-9._~-]+)+\z", RegexOptions.CultureInvariant)]
    private static partial Regex PathGrammar();
}
