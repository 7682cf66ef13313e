using ImageBackend.Application;
using ImageBackend.Application.Abstractions;
using ImageBackend.Application.Images;
using ImageBackend.Application.Images.Clean;
using ImageBackend.Infrastructure.Background;
using ImageBackend.Infrastructure.Fleet;
using ImageBackend.Infrastructure.Fleet.Hangfire;
using ImageBackend.Infrastructure.Health;
using ImageBackend.Infrastructure.Imaging;
using ImageBackend.Infrastructure.Imaging.Admission;
using ImageBackend.Infrastructure.Imaging.Engine;
using ImageBackend.Infrastructure.Imaging.Workers;
using ImageBackend.Infrastructure.Measuring;
using ImageBackend.Infrastructure.Resumable;
using ImageBackend.Infrastructure.Storage;
using ImageBackend.Infrastructure.V5;
using ImageBackend.Infrastructure.Workspaces;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ImageBackend.Infrastructure.Composition;

public static class DependencyInjection
{
    // A storage that takes longer to answer is not one to send uploads to.
    private static readonly TimeSpan HealthTime = TimeSpan.FromSeconds(5);

    /// <summary>Everything that both hosts share: the requests and the adapters of their ports.</summary>
    /// <param name="settings">Already checked.</param>
    public static IServiceCollection AddImageBackend(this IServiceCollection services, BackendSettings settings)
    {
        services.AddApplication();
        services.AddSingleton(settings);
        services.AddSingleton(settings.Limits);
        services.AddSingleton(settings.Privacy);
        services.AddSingleton(settings.Imaging);
        services.AddSingleton(settings.Thumbnails);
        services.AddSingleton(settings.Cleaning);
        services.AddSingleton(new ExpiryRule(settings.Cleaning.Interval > TimeSpan.Zero ? settings.Cleaning.TimeToLive : null));
        services.AddSingleton<ModernBacklog>();
        services.AddSingleton<IModernBacklog>(provider => provider.GetRequiredService<ModernBacklog>());
        TempFolderWorkspaces workspaces = new(settings.TempFolder);
        services.AddSingleton<IWorkspaces>(workspaces);
        services.AddSingleton(provider => new PartialUploads(settings.TempFolder, provider.GetRequiredService<TimeProvider>()));
        services.AddStorage(settings, workspaces);
        services.AddImaging(settings);
        services.AddV5(settings.V5, settings.Storage.Backend);
        return services;
    }

    /// <summary>
    /// What only the HTTP service runs: it checks the storages before anything else, makes WebP and AVIF, finishes interrupted work, and
    /// removes expired uploads, partial ones too.
    /// </summary>
    public static IServiceCollection AddBackgroundWork(this IServiceCollection services)
    {
        services.AddSingleton(DutiesOf).AddSingleton(provider => new SharedRuns(provider.GetRequiredService<BackendSettings>().Fleet));
        services.AddSingleton(provider => new HangfireView(provider.GetRequiredService<BackendSettings>().Fleet));
        services.AddHostedService(provider => provider.GetRequiredService<StorageStart>());
        services.AddHostedService<BackgroundService>(provider => provider.GetRequiredService<BackendSettings>().Fleet.BackgroundBroker is { } broker
            ? SenderOf(provider, broker)
            : ActivatorUtilities.CreateInstance<ModernWorker>(provider));
        return services.AddHostedService<Reconciler>().AddHostedService<Cleaner>().AddHostedService<PartialCleaner>();
    }

    /// <summary>Starts the decoders, if nobody has. Jobs, health checks and whoever asks for the formats that are converted wait for them.</summary>
    /// <exception cref="DecodersException">They don't work.</exception>
    public static Task PrepareDecodersAsync(this IServiceProvider services) => services.GetRequiredService<ImageProcessor>().PrepareAsync();

    /// <summary>What is measured by looking at the service's queues, workers and disks, once it is resolved.</summary>
    public static IServiceCollection AddGauges(this IServiceCollection services) => services.AddHostedService(provider => new Gauges(
        provider.GetRequiredService<DecodeQueue>(),
        provider.GetRequiredService<MemoryBudget>(),
        provider.GetRequiredService<IJobRunner>(),
        provider.GetRequiredService<ModernBacklog>(),
        provider.GetRequiredService<PartialUploads>(),
        FoldersOf(provider))).AddSingleton(provider => new RunGauges(provider.GetRequiredService<BackendSettings>().Fleet, provider.GetRequiredService<TimeProvider>()));

    /// <summary>What an operator sees of the service at work, counted from when it is resolved.</summary>
    public static IServiceCollection AddLiveFigures(this IServiceCollection services) => services.AddSingleton(provider => new LiveFigures(
        provider.GetRequiredService<DecodeQueue>(),
        provider.GetRequiredService<MemoryBudget>(),
        provider.GetRequiredService<IJobRunner>(),
        provider.GetRequiredService<ModernBacklog>(),
        provider.GetRequiredService<BackendSettings>().Imaging.DecodeWorkers,
        provider.GetRequiredService<TimeProvider>()));

    /// <summary>Health checks of what uploads and publishes need.</summary>
    public static IServiceCollection AddReadiness(this IServiceCollection services)
    {
        services.AddHealthChecks()
            .Add(CheckOf("storage", provider => new StorageHealth(provider.GetRequiredService<IStoragePlace>(), provider.GetRequiredService<ImageStores>())))
            .Add(CheckOf("decoders", provider => new DecoderHealth(provider.GetRequiredService<ImageProcessor>(), provider.GetRequiredService<IJobRunner>())))
            .Add(CheckOf("space", provider => new SpaceHealth(FoldersOf(provider), provider.GetRequiredService<UploadLimits>().MaxBytes)));
        return services;

        static HealthCheckRegistration CheckOf(string name, Func<IServiceProvider, IHealthCheck> make) => new(name, make, failureStatus: null, tags: null, HealthTime);
    }

    private static ModernSender SenderOf(IServiceProvider provider, string broker)
    {
        BackendSettings settings = provider.GetRequiredService<BackendSettings>();
        FleetDatabase database = new(settings.Fleet.RequiredDatabase);
        return new ModernSender(
            provider.GetRequiredService<ModernBacklog>(),
            database,
            FleetBrokers.Open(broker, database, settings.Fleet),
            RunSettings.ModernQueueOf(settings),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<ModernSender>>());
    }

    private static Duties DutiesOf(IServiceProvider provider)
    {
        BackendSettings settings = provider.GetRequiredService<BackendSettings>();
        return new Duties(settings.Fleet, SharedSettings.HashOf(settings.Storage.Backend.Identity), provider.GetRequiredService<ILogger<Duties>>());
    }

    private static (string Name, DirectoryInfo Folder)[] FoldersOf(IServiceProvider provider) =>
        [.. provider.GetRequiredService<StoragePart>().Folders, ("temp", provider.GetRequiredService<BackendSettings>().TempFolder)];

    private static void AddStorage(this IServiceCollection services, BackendSettings settings, TempFolderWorkspaces workspaces)
    {
        settings.Storage.Backend.Register(services, settings.StorageOptions);
        services.AddSingleton(provider =>
        {
            StoragePart part = provider.GetRequiredService<StoragePart>();
            return new StorageStart(
                provider.GetRequiredService<IStoragePlace>(),
                provider.GetRequiredService<ImageStores>().Incoming,
                part.VariableEnding,
                part.Shortcomings,
                provider.GetRequiredService<ILogger<StorageStart>>());
        });
        services.AddSingleton(provider => new LeftoverSweep(
            [.. provider.GetRequiredService<StoragePart>().Sweeps, workspaces.Sweep, provider.GetRequiredService<PartialUploads>().Sweep], provider.GetRequiredService<ILogger<LeftoverSweep>>()));
    }

    private static void AddImaging(this IServiceCollection services, BackendSettings settings)
    {
        services.AddSingleton(_ => WorkerProgram.OfThisProcess(settings.Imaging.Engine));
        services.AddSingleton(_ => new DecodeQueue(settings.Imaging.DecodeWorkers));
        services.AddSingleton(new MemoryBudget(settings.Imaging.DecodeBudget));
        if (settings.Imaging.IsIsolated)
        {
            services.AddSingleton<IJobRunner>(provider => new WorkerPool(
                settings.Imaging,
                settings.Thumbnails,
                provider.GetRequiredService<WorkerProgram>(),
                provider.GetRequiredService<IWorkspaces>(),
                provider.GetRequiredService<ILogger<WorkerPool>>()));
        }
        else
        {
            services.AddSingleton<IJobRunner>(_ => new InProcessRunner(KnownEngines.Of(settings.Imaging.Engine), settings.Imaging.Conversion));
        }

        services.AddSingleton(provider => new ImageProcessor(
            provider.GetRequiredService<DecodeQueue>(),
            provider.GetRequiredService<MemoryBudget>(),
            provider.GetRequiredService<IJobRunner>(),
            provider.GetRequiredService<IWorkspaces>(),
            settings.Imaging.Conversion,
            provider.GetRequiredService<ILogger<ImageProcessor>>(),
            settings.Imaging.EngineInRecipes));
        services.AddSingleton<IImageProcessor>(provider => provider.GetRequiredService<ImageProcessor>());
        services.AddSingleton<IConvertedFormats>(provider => provider.GetRequiredService<ImageProcessor>());
    }
}
