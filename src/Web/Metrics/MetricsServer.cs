using ImageBackend.Application.Measuring;
using ImageBackend.Infrastructure.Composition;
using ImageBackend.Infrastructure.Configuration;
using ImageBackend.Infrastructure.Measuring;
using Microsoft.AspNetCore.Connections;
using OpenTelemetry.Metrics;

namespace ImageBackend.Web.Metrics;

/// <summary>The page that Prometheus reads, on a port of its own: who can upload need not see it, and it needs no secret.</summary>
internal sealed class MetricsServer(TelemetrySettings settings, RunGauges runs, IHostEnvironment environment, ILogger<MetricsServer> logger) : IHostedService, IAsyncDisposable
{
    private const int MaxConnections = 20;

    // Far less than a scrape may take. What is read later, or not at all, is told by the next one.
    private static readonly TimeSpan WaitForRuns = TimeSpan.FromSeconds(2);

    private WebApplication? _app;
    private IDisposable? _predecessor;

    /// <exception cref="SettingsException">The port is taken.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (settings.MetricsPort is not { } port)
        {
            return;
        }

        _app = Build(port);
        try
        {
            await _app.StartAsync(cancellationToken);
        }
        catch (IOException exception) when (exception.InnerException is AddressInUseException)
        {
            throw new SettingsException([$"METRICS_PORT: port {port} is in use by another program; set it to a free one, or set DISABLE_PROMETHEUS_METRICS=1"]);
        }

        _predecessor = PredecessorMetrics.Begin(ProgramVersion.Text, environment.EnvironmentName.ToLowerInvariant());
        logger.LogInformation("Metrics for Prometheus are at port {Port}, {Path}", new Uri(_app.Urls.First().Replace("[::]", "localhost", StringComparison.Ordinal)).Port, settings.MetricsPath);
    }

    public Task StopAsync(CancellationToken cancellationToken) => _app?.StopAsync(cancellationToken) ?? Task.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        _predecessor?.Dispose();
        if (_app is not null)
        {
            await _app.DisposeAsync();
        }
    }

    private WebApplication Build(int port)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore();
        builder.WebHost.UseUrls($"http://{(environment.IsDevelopment() ? "127.0.0.1" : "*")}:{port}");
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxConcurrentConnections = MaxConnections;
            kestrel.Limits.MaxRequestBodySize = 0;
            kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(10);
        });
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        builder.Services.AddRoutingCore();
        builder.Services.AddOpenTelemetry().WithMetrics(metrics => metrics
            .AddMeter(Telemetry.Name, Predecessor.Name, "Microsoft.AspNetCore.Hosting", "System.Runtime")
            .AddView(Named)
            .AddPrometheusExporter(prometheus =>
            {
                prometheus.ScopeInfoEnabled = false;
                prometheus.TargetInfoEnabled = false;
                prometheus.DisableTotalNameSuffixForCounters = true; // the predecessor's names have none; Named gives it to ours
                prometheus.ScrapeResponseTimeoutMilliseconds = 10_000;
            }));
        WebApplication app = builder.Build();
        app.Use(async (context, next) =>
        {
            await Task.WhenAny(runs.RefreshAsync(), Task.Delay(WaitForRuns, context.RequestAborted));
            await next(context);
        });
        app.MapPrometheusScrapingEndpoint(settings.MetricsPath).DisableHttpMetrics();
        return app;
    }

    private static MetricStreamConfiguration? Named(System.Diagnostics.Metrics.Instrument instrument)
    {
        Type kind = instrument.GetType().GetGenericTypeDefinition();
        bool isCounter = kind == typeof(System.Diagnostics.Metrics.Counter<>) || kind == typeof(System.Diagnostics.Metrics.ObservableCounter<>);
        return isCounter && instrument.Meter.Name == Telemetry.Name ? new MetricStreamConfiguration { Name = $"{instrument.Name}.total" } : null;
    }

    /// <summary>Signals are for the service, which stops this.</summary>
    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
