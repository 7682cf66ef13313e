using ImageBackend.Application;
using ImageBackend.Application.Abstractions;
using ImageBackend.Application.Images;
using ImageBackend.Application.Images.Clean;
using ImageBackend.Application.Images.Metadata;
using ImageBackend.Domain;
using MediatR;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace ImageBackend.Testing;

/// <summary>The real requests with their real pipeline, over fakes instead of all adapters.</summary>
public sealed class TestApp : IDisposable
{
    // Once for all tests: scanning the assembly takes longer than most of them.
    private static readonly ServiceDescriptor[] Application = [.. new ServiceCollection().AddApplication()];

    private readonly Lazy<ServiceProvider> _services;
    private long _nextNumber = 1_000_000_000;

    public TestApp()
    {
        Incoming = new InMemoryImageStorage("incoming", Time);
        Active = new InMemoryImageStorage("active", Time);
        Stores = new ImageStores(new FaultingStorage(ImageStores.IncomingName, Incoming, Calls), new FaultingStorage(ImageStores.ActiveName, Active, Calls));
        Marks = new InMemoryMarks(Calls, Time);
        _services = new Lazy<ServiceProvider>(() => Register(new ServiceCollection()).BuildServiceProvider(validateScopes: true));
    }

    public InMemoryImageStorage Incoming { get; }

    public InMemoryImageStorage Active { get; }

    /// <summary>The storages that the requests use: the two above, with every call counted.</summary>
    public ImageStores Stores { get; init; }

    public StorageCalls Calls { get; init; } = new();

    public InMemoryMarks Marks { get; init; }

    public FakeImageProcessor Processor { get; } = new();

    public FakeWorkspaces Workspaces { get; } = new();

    public FakeTimeProvider Time { get; } = NewTime();

    public LogLines Log { get; } = new();

    public ThumbnailSet Thumbnails { get; init; } = ThumbnailSet.Default;

    public FakeBacklog Backlog { get; } = new();

    public FakeOldSite OldSite { get; } = new();

    public UploadLimits Limits { get; init; } = new(MaxBytes: 10_000, MaxPixels: 100_000_000, MaxFrames: 500);

    public PrivacyRules Privacy { get; init; } = new(Stripping.None, ExposesGps: false);

    public ExpiryRule Expiry { get; init; } = new(TimeSpan.FromHours(2));

    /// <summary>Numbers of the next keys; if there is none, each is one more than the last.</summary>
    public Queue<long> KeyNumbers { get; } = new();

    /// <summary>Registered after everything else.</summary>
    public Action<IServiceCollection>? Also { get; init; }

    public IReadOnlyList<string> ScratchFiles => Workspaces.Leftovers;

    public IServiceProvider Services => _services.Value;

    /// <summary>Another process on the same storages that shares nothing else with it.</summary>
    /// <returns>The caller disposes it.</returns>
    public TestApp Beside()
    {
        TestApp other = new() { Stores = Stores, Marks = Marks, Thumbnails = Thumbnails, Limits = Limits, Privacy = Privacy };
        other.Time.SetUtcNow(Time.GetUtcNow());
        return other;
    }

    public async Task<TAnswer> SendAsync<TAnswer>(IRequest<TAnswer> request, CancellationToken cancellationToken = default)
    {
        await using AsyncServiceScope scope = Services.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<IMediator>().Send(request, cancellationToken);
    }

    public void Dispose()
    {
        if (_services.IsValueCreated)
        {
            _services.Value.Dispose();
        }

        Workspaces.Dispose();
    }

    private IServiceCollection Register(IServiceCollection services)
    {
        foreach (ServiceDescriptor service in Application)
        {
            services.Add(service);
        }

        services.AddSingleton(Log);
        services.AddSingleton(typeof(ILogger<>), typeof(LineLogger<>));
        services.AddSingleton<TimeProvider>(Time);
        services.AddSingleton<KeyNumberSource>(DrawNumber);
        services.AddSingleton(Stores);
        services.AddSingleton((IAccessCheck)Stores.Active);
        services.AddSingleton<IImageMarks>(Marks);
        services.AddSingleton<IImageProcessor>(Processor);
        services.AddSingleton<IWorkspaces>(Workspaces);
        services.AddSingleton(Thumbnails);
        services.AddSingleton<IModernBacklog>(Backlog);
        services.AddSingleton(Limits);
        services.AddSingleton<IV5Images>(OldSite);
        services.AddSingleton<IV5Originals>(OldSite);
        services.AddSingleton<IMigrationLedger>(OldSite);
        services.AddSingleton(Privacy);
        services.AddSingleton(Expiry);
        Also?.Invoke(services);
        return services;
    }

    private static FakeTimeProvider NewTime()
    {
        FakeTimeProvider time = new(new DateTimeOffset(2025, 6, 1, 12, 0, 0, TimeSpan.Zero));
        // Far from Greenwich, so that a use of local time shows.
        time.SetLocalTimeZone(TimeZoneInfo.CreateCustomTimeZone("far east", TimeSpan.FromHours(9), "far east", "far east"));
        return time;
    }

    private long DrawNumber()
    {
        lock (KeyNumbers)
        {
            return KeyNumbers.TryDequeue(out long number) ? number : _nextNumber++;
        }
    }
}
