using ImageBackend.Application;
using ImageBackend.Application.Abstractions;
using ImageBackend.Infrastructure.Background;
using ImageBackend.Infrastructure.Configuration;
using ImageBackend.Infrastructure.Storage.FileSystem;
using ImageBackend.Infrastructure.Workspaces;
using Microsoft.Extensions.DependencyInjection;
using Scrutor;

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
        services.AddSingleton(settings.Imaging);
        services.AddSingleton(settings.Thumbnails);
        services.AddSingleton<ModernBacklog>();
        services.AddSingleton<IModernBacklog>(provider => provider.GetRequiredService<ModernBacklog>());
        services.Scan(scan => scan
            .FromAssembliesOf(typeof(DependencyInjection))
            .AddClasses(filter => filter.AssignableTo<IImageProcessor>(), publicOnly: false)
            .UsingRegistrationStrategy(RegistrationStrategy.Throw) // two adapters of one port need a choice, not luck
            .As<IImageProcessor>()
            .WithSingletonLifetime());

        FileSystemImageStorage incoming = new("incoming", settings.Storage.IncomingFolder);
        FileSystemImageStorage active = new("active", settings.Storage.ActiveFolder);
        TempFolderWorkspaces workspaces = new(settings.TempFolder);
        services.AddSingleton(new ImageStores(incoming, active));
        services.AddSingleton<IWorkspaces>(workspaces);
        services.AddSingleton(new LeftoverSweep([incoming.Sweep, active.Sweep, workspaces.Sweep]));
        return services;
    }

    /// <summary>What only the HTTP service runs: the making of WebP and AVIF, and the finishing of what was cut off.</summary>
    public static IServiceCollection AddBackgroundWork(this IServiceCollection services) =>
        services.AddHostedService<ModernWorker>().AddHostedService<Reconciler>();
}
