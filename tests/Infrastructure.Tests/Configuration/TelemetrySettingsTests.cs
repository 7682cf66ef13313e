using ImageBackend.Infrastructure.Configuration;
using ImageBackend.Infrastructure.Measuring;

namespace ImageBackend.Infrastructure.Tests.Configuration;

public sealed class TelemetrySettingsTests
{
    [Fact]
    public void One_port_for_service_and_metrics_is_a_mistake() =>
        MistakesOf(new Variables { ["METRICS_PORT"] = "8080" }).Should().Equal("METRICS_PORT: is 8080, as SERVICE_PORT; give each a port of its own, or set DISABLE_PROMETHEUS_METRICS=1");

    [Fact]
    public void The_port_does_not_matter_when_there_are_no_metrics() =>
        MistakesOf(new Variables { ["METRICS_PORT"] = "8080", ["DISABLE_PROMETHEUS_METRICS"] = "true" }).Should().BeEmpty();

    [Theory]
    [InlineData("metrics")]
    [InlineData("/me trics")]
    [InlineData("/{all}")]
    public void The_path_must_be_one(string path) =>
        MistakesOf(new Variables { ["METRICS_PATH"] = path }).Should().Equal($"METRICS_PATH: '{path}' is not a path; for example /metrics");

    [Theory]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT")]
    [InlineData("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")]
    public void A_collector_must_be_an_address(string name) =>
        MistakesOf(new Variables { [name] = "collector:4317" }).Should().Equal($"{name}: is not an address; for example http://collector:4317");

    [Fact]
    public void Nothing_is_sent_unless_a_collector_is_named()
    {
        TelemetrySettings.Read(new Variables().Reader(), servicePort: 8080).SendsOtlp.Should().BeFalse();
        TelemetrySettings.Read(new Variables { ["OTEL_EXPORTER_OTLP_METRICS_ENDPOINT"] = "http://collector:4317" }.Reader(), servicePort: 8080).SendsOtlp.Should().BeTrue();
    }

    private static IReadOnlyList<string> MistakesOf(Variables variables)
    {
        SettingsReader reader = variables.Reader();
        TelemetrySettings.Read(reader, servicePort: 8080);
        return reader.Mistakes;
    }
}
