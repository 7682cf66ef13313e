using ImageBackend.Application;
using ImageBackend.Application.Abstractions;
using ImageBackend.Application.Images;
using ImageBackend.Application.Images.Metadata;
using ImageBackend.Domain;
using ImageBackend.Infrastructure.Background;
using ImageBackend.Infrastructure.Imaging;
using ImageBackend.Simulation.Tests.Ports;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace ImageBackend.Simulation.Tests.Processes;

/// <summary>The real requests with their real pipeline and background work. One container serves all processes of all simulations, since
/// building one takes longer than a hundred schedules; what a process has of its own is in a scope of its own.</summary>
internal sealed class Product
{
    public static readonly TimeSpan TimeToLive = TimeSpan.FromHours(2);

    public static readonly IReadOnlyList<ThumbnailSet> Sets =
    [
        SetOf([]),
        SetOf([ImageFormat.WebP]),
        SetOf([ImageFormat.WebP, ImageFormat.Avif]),
    ];

    private static readonly CleaningSettings Cleaning = new(TimeSpan.FromMinutes(15), TimeToLive);
    private static readonly ImagingSettings Imaging = new(DecodeWorkers: 2);

    // It is what the host calls; StartAsync would leave for the thread pool.
    private static readonly Func<BackgroundService, CancellationToken, Task> ExecuteAsync =
        typeof(BackgroundService).GetMethod("ExecuteAsync", System.Reflection.BindingFlags.Instance | System.Reflection.BindingFlags.NonPublic)!
            .CreateDelegate<Func<BackgroundService, CancellationToken, Task>>();

    private readonly ServiceProvider[] _containers;
    private readonly Func<SimulatedProcess, ImageStores> _stores;

    /// <param name="stores">The storages as a process sees them.</param>
    /// <param name="also">Registered after everything else.</param>
    public Product(Func<SimulatedProcess, ImageStores> stores, Action<IServiceCollection>? also = null)
    {
        _stores = stores;
        _containers = [.. Sets.Select(set => Build(set, also))];
    }

    public static Product Real { get; } = new(StoresOf);

    public static ImageStores StoresOf(SimulatedProcess process) => new(
        new SimulatedStorage(ImageStores.IncomingName, process, process.World.Incoming),
        new SimulatedStorage(ImageStores.ActiveName, process, process.World.Active));

    public IServiceProvider CreateScope(SimulatedProcess process)
    {
        IServiceProvider services = _containers[process.World.Ledger.Set.ModernFormats.Count].CreateScope().ServiceProvider;
        services.GetRequiredService<ProcessParts>().Fill(process, _stores(process));
        return services;
    }

    public static IEnumerable<Task> StartBackground(SimulatedProcess process)
    {
        IServiceScopeFactory scopes = new OnlyScope(process.Services);
        ModernBacklog backlog = process.Services.GetRequiredService<ModernBacklog>();
        BackgroundService[] services =
        [
            new Reconciler(scopes, process.Time, NullLogger<Reconciler>.Instance),
            new Cleaner(Cleaning, scopes, process.Time, NullLogger<Cleaner>.Instance),
            new ModernWorker(backlog, Imaging, scopes, NullLogger<ModernWorker>.Instance),
        ];
        return [.. services.Select(service => ExecuteAsync(service, CancellationToken.None))];
    }

    private static ThumbnailSet SetOf(IReadOnlyList<ImageFormat> modernFormats) => new(
        [
            new ThumbnailSpec("BI", Geometry.Parse("1500x1500>"), extent: null, quality: 90),
            new ThumbnailSpec("SI", Geometry.Parse("200x200^"), new PixelSize(200, 200), quality: 90),
        ],
        modernFormats);

    private static ServiceProvider Build(ThumbnailSet set, Action<IServiceCollection>? also)
    {
        ServiceCollection services = new();
        services.AddApplication();
        // A validator depends on the set alone, and making one is slow.
        foreach (ServiceDescriptor validator in services.Where(service => service.ServiceType.Name.StartsWith("IValidator", StringComparison.Ordinal)).ToArray())
        {
            services.Remove(validator);
            services.AddSingleton(validator.ServiceType, validator.ImplementationType!);
        }

        services.AddSingleton(typeof(ILogger<>), typeof(NullLogger<>));
        services.AddSingleton(set);
        services.AddSingleton(new UploadLimits(MaxBytes: 10_000, MaxPixels: 100_000_000, MaxFrames: 500));
        services.AddSingleton(new PrivacyRules(Stripping.None, ExposesGps: false));
        services.AddScoped<ProcessParts>();
        services.AddScoped<ModernBacklog>();
        services.AddScoped<IModernBacklog>(scope => scope.GetRequiredService<ModernBacklog>());
        services.Replace(ServiceDescriptor.Scoped<KeyLocks, KeyLocks>());
        services.Replace(ServiceDescriptor.Scoped(scope => PartsOf(scope).Process.Time));
        services.Replace(ServiceDescriptor.Scoped<KeyNumberSource>(scope => PartsOf(scope).Process.World.DrawNumber));
        services.AddScoped(scope => PartsOf(scope).Stores);
        services.AddScoped<IAccessCheck>(scope => PartsOf(scope).Access);
        services.AddScoped<IImageMarks>(scope => PartsOf(scope).Marks);
        services.AddScoped<IImageProcessor>(scope => PartsOf(scope).Processor);
        services.AddScoped<IWorkspaces>(scope => PartsOf(scope).Process.Files);
        also?.Invoke(services);
        return services.BuildServiceProvider();
    }

    private static ProcessParts PartsOf(IServiceProvider scope) => scope.GetRequiredService<ProcessParts>();

    /// <summary>What a process has of its own.</summary>
    private sealed class ProcessParts
    {
        public SimulatedProcess Process { get; private set; } = null!;

        public ImageStores Stores { get; private set; } = null!;

        public IAccessCheck Access { get; private set; } = null!;

        public IImageMarks Marks { get; private set; } = null!;

        public IImageProcessor Processor { get; private set; } = null!;

        public void Fill(SimulatedProcess process, ImageStores stores)
        {
            (Process, Stores) = (process, stores);
            Access = new SimulatedStorage(ImageStores.ActiveName, process, process.World.Active);
            Marks = new SimulatedMarks(process);
            Processor = new SimulatedProcessor(process);
        }
    }

    /// <summary>Background work makes a scope for each piece of it: here it is that of the process.</summary>
    private sealed class OnlyScope(IServiceProvider services) : IServiceScopeFactory, IServiceScope
    {
        public IServiceProvider ServiceProvider => services;

        public IServiceScope CreateScope() => this;

        public void Dispose()
        {
            // It ends with the process.
        }
    }
}
