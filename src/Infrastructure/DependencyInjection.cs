using ImageBackend.Application;
using ImageBackend.Application.Abstractions;
using ImageBackend.Infrastructure.Background;
using ImageBackend.Infrastructure.Configuration;
using ImageBackend.Infrastructure.Imaging;
using ImageBackend.Infrastructure.Imaging.Workers;
using ImageBackend.Infrastructure.Storage;
using ImageBackend.Infrastructure.Storage.FileSystem;
using ImageBackend.Infrastructure.Storage.S3;
using ImageBackend.Infrastructure.V5;
using ImageBackend.Infrastructure.Workspaces;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace ImageBackend.Infrastructure;

public static class DependencyInjection
{
    /// <summary>Everything that both hosts share: the requests and the adapters of their ports.</summary>
    /// <param name="settings">Checked before.</param>
    public static IServiceCollection AddImageBackend(this IServiceCollection services, BackendSettings settings)
    {
        services.AddApplication();
        services.AddSingleton(settings);
        services.AddSingleton(settings.Limits);
        services.AddSingleton(settings.Privacy);
        services.AddSingleton(settings.Imaging);
        services.AddSingleton(settings.Thumbnails);
        services.AddSingleton(settings.Cleaning);
        services.AddSingleton<ModernBacklog>();
        services.AddSingleton<IModernBacklog>(provider => provider.GetRequiredService<ModernBacklog>());
        TempFolderWorkspaces workspaces = new(settings.TempFolder);
        services.AddSingleton<IWorkspaces>(workspaces);
        services.AddStorage(settings, workspaces);
        services.AddImaging(settings);
        services.AddV5(settings.V5, settings.Storage);
        return services;
    }

    /// <summary>What only the HTTP service runs: a look at the storages before all else, warm decoders, the making of WebP and AVIF, the finishing of what was cut off, the removal of what expired.</summary>
    public static IServiceCollection AddBackgroundWork(this IServiceCollection services) =>
        services.AddHostedService(provider => provider.GetRequiredService<StorageStart>()).AddHostedService<ImagingStart>().AddHostedService<ModernWorker>().AddHostedService<Reconciler>().AddHostedService<Cleaner>();

    private static void AddStorage(this IServiceCollection services, BackendSettings settings, TempFolderWorkspaces workspaces)
    {
        if (settings.Storage.S3 is { } s3)
        {
            services.AddSingleton(provider => new S3Listing(
                provider.GetRequiredService<ILogger<S3Listing>>(), provider.GetRequiredService<TimeProvider>(), BackOff.AMinute));
            services.AddSingleton(provider => new S3Stores(
                s3 with { LargestBytes = settings.Limits.MaxBytes }, settings.Storage.CacheControl, settings.TempFolder, provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<S3Listing>()));
            services.AddSingleton(provider => provider.GetRequiredService<S3Stores>().Stores);
            services.AddSingleton(provider => provider.GetRequiredService<S3Stores>().Marks);
            services.AddSingleton<IStoragePlace>(provider => provider.GetRequiredService<S3Stores>().Active);
            services.AddSingleton<IAccessCheck>(provider => provider.GetRequiredService<S3Stores>().Active);
            services.AddStart("BUCKET", [], [workspaces.Sweep]);
        }
        else
        {
            FolderSettings folders = settings.Storage.Folders!;
            FileSystemImageStorage incoming = new(ImageStores.IncomingName, folders.Incoming, folders.FileMode);
            FileSystemImageStorage active = new(ImageStores.ActiveName, folders.Active, folders.FileMode);
            FolderMarks marks = new(ImageStores.IncomingName, folders.Incoming);
            services.AddSingleton(new ImageStores(incoming, active));
            services.AddSingleton<IStoragePlace>(active);
            services.AddSingleton<IAccessCheck>(active);
            services.AddSingleton<IImageMarks>(marks);
            services.AddStart("FOLDER", [incoming.Shortcoming, active.Shortcoming], [incoming.Sweep, active.Sweep, marks.Sweep, workspaces.Sweep]);
        }
    }

    private static void AddStart(this IServiceCollection services, string kind, IReadOnlyList<Func<string?>> shortcomings, IReadOnlyList<Func<Swept>> sweeps)
    {
        services.AddSingleton(provider => new StorageStart(
            provider.GetRequiredService<IStoragePlace>(),
            provider.GetRequiredService<ImageStores>().Incoming,
            kind,
            shortcomings,
            provider.GetRequiredService<ILogger<StorageStart>>()));
        services.AddSingleton(provider => new LeftoverSweep(sweeps, provider.GetRequiredService<ILogger<LeftoverSweep>>()));
    }

    private static void AddImaging(this IServiceCollection services, BackendSettings settings)
    {
        services.AddSingleton(_ => WorkerProgram.OfThisProcess());
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
            services.AddSingleton<IJobRunner, InProcessRunner>();
        }

        services.AddSingleton<ImageProcessor>();
        services.AddSingleton<IImageProcessor>(provider => provider.GetRequiredService<ImageProcessor>());
    }
}
