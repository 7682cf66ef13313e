using System.Net.Sockets;
using System.Text.Json.Serialization;
using ImageBackend.Application.Abstractions;
using ImageBackend.Infrastructure.Composition;
using ImageBackend.Infrastructure.Configuration;
using ImageBackend.Infrastructure.Imaging;
using ImageBackend.Infrastructure.Measuring;
using ImageBackend.Infrastructure.Workspaces;
using ImageBackend.Web.Docs;
using ImageBackend.Web.Endpoints;
using ImageBackend.Web.Health;
using ImageBackend.Web.Http;
using ImageBackend.Web.Logs;
using ImageBackend.Web.Metrics;
using ImageBackend.Web.Resumable;
using ImageBackend.Web.Studio;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging.Console;
using OpenTelemetry.Trace;

namespace ImageBackend.Web.Hosting;

/// <summary>The HTTP service, from its settings to its end.</summary>
internal static class ImageService
{
    private const int Success = 0;
    private const int Failed = 1;
    private const int BadSettings = 2;

    // Per upload; 1 MB each would be a lot for hundreds of them, and 128 kB too much for a thousand.
    private const int ReadAheadBytes = 32 * 1024;

    private static readonly TimeSpan ShutdownTime = TimeSpan.FromSeconds(30);

    /// <returns>The program's exit code: 0, 1 when the decoders or the temp folder don't work, 2 when the settings can't be used.</returns>
    /// <param name="configure">Registers what replaces or wraps a part of it.</param>
    public static async Task<int> RunAsync(string[] args, Action<IServiceCollection>? configure = null)
    {
        try
        {
            await using WebApplication service = Create(args, configure: configure);
            _ = service.Services.PrepareDecodersAsync(); // takes as long as all else
            Complete(service);
            if (await StartAsync(service))
            {
                await StartScreen.ShowAsync(service);
                TryOut.Announce(service, Console.Out);
                await service.WaitForShutdownAsync();
            }

            return Success;
        }
        catch (SettingsException exception)
        {
            await Console.Error.WriteLineAsync(exception.Tell("The service does not start", "All settings are explained in docs/settings.md."));
            return BadSettings;
        }
        catch (IOException exception) when (exception.InnerException is AddressInUseException)
        {
            await Console.Error.WriteLineAsync("The service does not start: its port is in use by another program; set SERVICE_PORT to a free one.");
            return BadSettings;
        }
        catch (DecodersException exception)
        {
            await Console.Error.WriteLineAsync($"The service does not start: pictures can't be decoded. {exception.Message}");
            return Failed;
        }
        catch (StorageException exception)
        {
            await Console.Error.WriteLineAsync($"The service does not start: {exception.Message}");
            return Failed;
        }
        catch (SocketException exception) when (exception.SocketErrorCode == SocketError.AccessDenied)
        {
            await Console.Error.WriteLineAsync("The service does not start: this user may not open its port; set SERVICE_PORT to one above 1023.");
            return BadSettings;
        }
    }

    /// <returns>False: it was told to end meanwhile, and has.</returns>
    private static async Task<bool> StartAsync(WebApplication service)
    {
        try
        {
            await service.StartAsync();
            // The port is open meanwhile: whoever uploads already waits with us.
            await service.Services.PrepareDecodersAsync().WaitAsync(service.Lifetime.ApplicationStopping);
            return true;
        }
        catch (Exception fault)
        {
            bool isToldToEnd = fault is OperationCanceledException && service.Lifetime.ApplicationStopping.IsCancellationRequested;
            // Background work has already begun, and ends without complaint only when it is stopped.
            await service.StopAsync();
            if (!isToldToEnd)
            {
                throw;
            }

            return false;
        }
    }

    /// <returns>The service, not started.</returns>
    /// <exception cref="SettingsException">A setting is wrong or missing.</exception>
    public static WebApplication Build(
        string[] args, IReadOnlyDictionary<string, string?>? variables = null, Action<IServiceCollection>? configure = null)
    {
        WebApplication app = Create(args, variables, configure);
        Complete(app);
        return app;
    }

    private static WebApplication Create(
        string[] args, IReadOnlyDictionary<string, string?>? variables = null, Action<IServiceCollection>? configure = null)
    {
        // Otherwise every write below the current folder, including to the images in data/, wakes a watcher for settings that are read
        // only once: 500 looks at files for a photo of 3 MB.
        WebApplicationBuilder builder = WebApplication.CreateBuilder([.. args, "--hostBuilder:reloadConfigOnChange=false"]);
        bool isTried = TryOut.IsAskedFor(args) || builder.Environment.IsDevelopment();
        if (variables is not null)
        {
            builder.Configuration.AddInMemoryCollection(variables);
        }

        SettingsReader reader = new(builder.Configuration, isTried);
        ServiceSettings service = ServiceSettings.Read(reader);
        BackendSettings backend = BackendSettings.Read(reader);
        if (service.Traffic.ReceiveBudgetBytes < TrafficLimits.MinBudgetFor(backend.Limits.MaxBytes))
        {
            reader.AddError("RECEIVE_BUDGET_MB", $"is less than twice MAX_UPLOAD_BYTES, {TrafficLimits.MinBudgetFor(backend.Limits.MaxBytes)} bytes");
        }

        if (service.HasBatchDashboard && backend.Fleet.Database is null)
        {
            reader.AddError("BATCH_DASHBOARD", "needs BATCH_DATABASE_URL, the database that it shows");
        }

        reader.ThrowIfInvalid();

        ApiSecret secret = service.ApiSecretKey is null ? ApiSecret.Draw() : new ApiSecret(service.ApiSecretKey, service.PreviousSecretKey);
        builder.Services.AddImageBackend(backend);
        builder.Services.AddBackgroundWork();
        AddHealth(builder.Services);
        AddTelemetry(builder.Services, service.Telemetry);
        builder.Services.AddGauges(); // after it, so that it is heard
        builder.Services.AddLiveFigures();
        builder.Services.AddSingleton(service);
        builder.Services.AddSingleton(new ShownSettings(reader.Show()));
        builder.Services.AddSingleton(secret);
        AddTraffic(builder.Services);
        AddAnswers(builder.Services);
        ConfigureServer(builder, service);
        // While it is being tried out on a machine of one's own, no other machine can reach it. A container can be reached as it was started.
        builder.WebHost.UseUrls($"http://{(builder.Environment.IsDevelopment() ? "127.0.0.1" : "*")}:{service.Port}");
        configure?.Invoke(builder.Services);

        WebApplication app = builder.Build();
        foreach (string warning in VariableCheck.Warnings(builder.Configuration, reader.Declarations))
        {
            app.Logger.LogWarning("{Warning}", warning);
        }

        app.Services.GetRequiredService<LeftoverSweep>().Run();
        return app;
    }

    private static void Complete(WebApplication app)
    {
        ServiceSettings service = app.Services.GetRequiredService<ServiceSettings>();
        app.Services.GetService<OtlpExport>();
        app.Services.GetRequiredService<LiveFigures>();
        app.Services.GetRequiredService<RunGauges>();
        app.Services.GetRequiredService<ReceiveBudget>(); // by the space that is free now
        MapRoutes(app, service);
        app.MapStudio(service, app.Services.GetRequiredService<BackendSettings>().Storage);
    }

    private static void AddAnswers(IServiceCollection services)
    {
        // The framework would add a trace ID, which nobody can look up; a client can quote the request ID instead.
        services.AddProblemDetails(problems => problems.CustomizeProblemDetails = context =>
        {
            context.ProblemDetails.Extensions.Remove("traceId");
            context.HttpContext.NoteCode($"{context.ProblemDetails.Extensions["code"]}");
        });
        services.AddExceptionHandler<ProblemExceptionHandler>();
        services.ConfigureHttpJsonOptions(json => json.SerializerOptions.NumberHandling = JsonNumberHandling.Strict); // so the API's docs say: a number
        services.AddDocs();
    }

    private static void AddTraffic(IServiceCollection services)
    {
        services.AddSingleton<ReceiveBudget>();
        services.AddSingleton<Receiving>();
        services.AddSingleton<Readers>();
        services.AddSingleton<Listings>();
        services.AddResumableUploads();
    }

    private static void AddHealth(IServiceCollection services)
    {
        services.AddReadiness();
        services.AddSingleton<Readiness>();
        services.AddSingleton<Draining>();
        services.AddHostedService(provider => provider.GetRequiredService<Draining>());
        services.Configure<HostOptions>(host => host.ShutdownTimeout = ShutdownTime);
    }

    private static void AddTelemetry(IServiceCollection services, TelemetrySettings telemetry)
    {
        services.AddSingleton(telemetry);
        services.AddHostedService<MetricsServer>();
        if (telemetry.SendsOtlp)
        {
            services.AddSingleton(provider => new OtlpExport(
                ProgramVersion.Text,
                ["Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "System.Runtime"],
                traces => traces.AddAspNetCoreInstrumentation(),
                provider.GetRequiredService<ILogger<OtlpExport>>()));
        }
    }

    private static void ConfigureServer(WebApplicationBuilder builder, ServiceSettings service)
    {
        builder.Logging.ClearProviders();
        if (service.LogsJson)
        {
            builder.Logging.AddJsonConsole(console => (console.IncludeScopes, console.UseUtcTimestamp, console.TimestampFormat) = (true, true, "yyyy-MM-ddTHH:mm:ss.fffZ"));
        }
        else
        {
            builder.Logging.AddConsole(console => console.FormatterName = LineFormatter.FormatterName).AddConsoleFormatter<LineFormatter, ConsoleFormatterOptions>();
        }

        // At Information, ASP.NET logs each request with its query string, where a confused client may put the secret.
        builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);
        // It complains that it can't skip the rest of a body that we gave up as too slow. A failure in a request is logged with its answer.
        builder.Logging.AddFilter("Microsoft.AspNetCore.Server.Kestrel", LogLevel.Critical);
        // A failure to start is reported once, by the code that handles it; one of background work is logged as critical too.
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.Critical);
        builder.Services.AddSingleton<IMemoryPoolFactory<byte>, LargeBlocks>();
        builder.WebHost.UseSockets(sockets => sockets.MaxReadBufferSize = ReadAheadBytes);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = ApiForm.MaxBytes; // an upload raises its own
            kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(10);
            kestrel.Limits.MaxRequestHeadersTotalSize = 16 * 1024;
            kestrel.Limits.MaxRequestBufferSize = ReadAheadBytes;
            // Its average over the whole body lets a client that began fast stop for hours; Receiving has a rule for that.
            kestrel.Limits.MinRequestBodyDataRate = null;
            // For the bytes that Readers has handed over to its buffers, and for the other answers.
            kestrel.Limits.MinResponseDataRate = new MinDataRate(service.Traffic.MinBytesPerSecond, gracePeriod: TimeSpan.FromSeconds(30));
        });
    }

    private static void MapRoutes(WebApplication app, ServiceSettings settings)
    {
        string prefix = settings.RoutePrefix;
        app.UseMiddleware<CrossOrigin>();
        app.Use(RequestLog.LogAsync);
        app.Use(PredecessorMetrics.MeasureAsync);
        app.UseExceptionHandler();
        app.UseWhen(context => context.Request.Path.StartsWithSegments(prefix + Tus.Route), requests => requests.Use(TusProtocol.InvokeAsync));
        Draining draining = app.Services.GetRequiredService<Draining>();
        app.UseWhen(context => !context.Request.Path.StartsWithSegments($"{prefix}/health"), requests => requests.Use(draining.InvokeAsync));
        app.UseStatusCodePages(Problems.WriteForStatusAsync);
        app.UseRouting(); // after the above, so that errors keep what they add
        RouteGroupBuilder images = app.MapGroup(prefix).WithTags("Images");
        images.MapUpload();
        images.MapResumableUploads();
        images.MapPublish();
        images.MapRecrop();
        images.MapRotate();
        images.MapDelete();
        images.MapActiveImages();
        images.MapIncomingImages();
        images.MapImageList();
        images.MapImageDetails();
        RouteGroupBuilder service = app.MapGroup(prefix).WithTags("Service");
        service.MapPing();
        service.MapHealth();
        service.MapCapabilities();
        service.MapFigures();
        service.MapBatches();
        service.MapDocs(prefix);
        if (settings.HasBatchDashboard)
        {
            service.MapBatchDashboard(settings);
        }
    }
}
