using System.Diagnostics;
using System.Diagnostics.Tracing;
using ImageBackend.Application.Measuring;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace ImageBackend.Infrastructure.Measuring;

/// <summary>
/// Sends traces and metrics to a collector, as the standard <c>OTEL_</c> variables say. It works beside the requests: a collector that is slow or gone
/// costs them nothing, and is reported by one line now and then.
/// </summary>
public sealed class OtlpExport : IDisposable
{
    private readonly MeterProvider _metrics;
    private readonly TracerProvider _traces;
    private readonly Faults _faults;

    /// <param name="version">Of the program.</param>
    /// <param name="meters">Further sources of metrics.</param>
    /// <param name="alsoTrace">Adds further sources of spans.</param>
    public OtlpExport(string version, IReadOnlyList<string> meters, Action<TracerProviderBuilder> alsoTrace, ILogger<OtlpExport> logger)
    {
        _faults = new Faults(logger);
        string name = Environment.GetEnvironmentVariable("OTEL_SERVICE_NAME") is { Length: > 0 } set ? set : "image-backend";
        _metrics = Sdk.CreateMeterProviderBuilder()
            .ConfigureResource(resource => resource.AddService(name, serviceVersion: version))
            .AddMeter([Telemetry.Name, .. meters])
            .AddOtlpExporter()
            .Build();
        TracerProviderBuilder traces = Sdk.CreateTracerProviderBuilder()
            .ConfigureResource(resource => resource.AddService(name, serviceVersion: version))
            .AddSource(Telemetry.Name)
            .AddOtlpExporter();
        alsoTrace(traces);
        _traces = traces.Build();
    }

    /// <summary>Sends what is left, for a few seconds at most.</summary>
    public void Dispose()
    {
        _traces.Dispose();
        _metrics.Dispose();
        _faults.Dispose();
    }

    /// <summary>The SDK keeps its faults to itself, but for this.</summary>
    private sealed class Faults(ILogger<OtlpExport> logger) : EventListener
    {
        private static readonly TimeSpan Pause = TimeSpan.FromMinutes(10);

        private readonly Lock _gate = new();
        private long? _last;

        protected override void OnEventSourceCreated(EventSource eventSource)
        {
            if (eventSource.Name == "OpenTelemetry-Exporter-OpenTelemetryProtocol")
            {
                EnableEvents(eventSource, EventLevel.Warning);
            }
        }

        protected override void OnEventWritten(EventWrittenEventArgs eventData)
        {
            lock (_gate)
            {
                if (_last is { } last && Stopwatch.GetElapsedTime(last) < Pause)
                {
                    return;
                }

                _last = Stopwatch.GetTimestamp();
            }

            // Not the SDK's words: they have the whole address.
            logger.LogWarning("Traces and metrics can't be sent to the collector that OTEL_EXPORTER_OTLP_ENDPOINT names ({Event}). Requests are not affected", eventData.EventName);
        }
    }
}
