using ImageBackend.Application.Abstractions;
using ImageBackend.Infrastructure.Background;
using ImageBackend.Infrastructure.Storage.FileSystem;
using ImageBackend.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace ImageBackend.Infrastructure.Tests.Background;

/// <summary>Background work on real folders, when one file that nobody can remove comes before all others.</summary>
public sealed class StuckFileTests : IDisposable
{
    private const int Images = 12;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly TestFolder _folder = new();
    private readonly LogLines _log = new();
    private readonly TestApp _app;

    public StuckFileTests()
    {
        _app = new TestApp
        {
            Stores = new ImageStores(
                new FileSystemImageStorage("incoming", _folder.CreateFolder("incoming")), new FileSystemImageStorage("active", _folder.CreateFolder("active"))),
        };
        _app.Time.SetUtcNow(TimeProvider.System.GetUtcNow());
    }

    public void Dispose()
    {
        _app.Dispose();
        _folder.Dispose();
    }

    [FactThatMounts]
    public async Task The_cleaner_removes_all_others_and_says_it_once()
    {
        for (int i = 0; i < Images; i++)
        {
            Put("incoming", $"147566022{i:00}_1.jpg");
        }

        string stuck = Directory.EnumerateFiles(_folder.PathOf("incoming")).First();
        using BindMount inTheWay = new(stuck, stuck);
        using Cleaner cleaner = new(
            new CleaningSettings(TimeSpan.FromMilliseconds(20), TimeSpan.FromHours(2)), Scopes, TimeProvider.System, new LineLogger<Cleaner>(_log));

        await RunUntilOnlyAsync(cleaner, stuck);

        _log.All.Where(line => line.StartsWith("Warning", StringComparison.Ordinal)).Should().ContainSingle()
            .Which.Should().StartWith($"Warning {Path.GetFileName(stuck)}, which was not published in time, can't be removed: The incoming storage: one file can't be");
    }

    [FactThatMounts]
    public async Task The_reconciler_finishes_all_other_publishes_and_says_it()
    {
        for (int i = 0; i < Images; i++)
        {
            Put("incoming", $"147566022{i:00}_1.jpg");
            foreach (string suffix in new[] { "BI", "MI", "SI" })
            {
                Put("active", $"147566022{i:00}_1{suffix}.jpg");
            }
        }

        string stuck = Directory.EnumerateFiles(_folder.PathOf("incoming")).First();
        using BindMount inTheWay = new(stuck, stuck);
        using Reconciler reconciler = new(Scopes, TimeProvider.System, new LineLogger<Reconciler>(_log));

        await RunUntilOnlyAsync(reconciler, stuck);

        Directory.EnumerateFiles(_folder.PathOf("active")).Should().HaveCount(4 * Images);
        _log.All.Should().ContainSingle(line => line.StartsWith("Warning", StringComparison.Ordinal))
            .Which.Should().StartWith($"Warning The interrupted publish of {Path.GetFileName(stuck)} can't be finished: The incoming storage: ");
    }

    private IServiceScopeFactory Scopes => _app.Services.GetRequiredService<IServiceScopeFactory>();

    private async Task RunUntilOnlyAsync(BackgroundService work, string stuck)
    {
        using CancellationTokenSource patience = new(Patience);
        await work.StartAsync(CancellationToken.None);
        while (Directory.EnumerateFiles(_folder.PathOf("incoming")).Any(path => path != stuck))
        {
            await Task.Delay(20, patience.Token);
        }

        await Task.Delay(200); // a few more passes
        await work.StopAsync(CancellationToken.None);
        File.Exists(stuck).Should().BeTrue();
    }

    private void Put(string storage, string name)
    {
        string path = _folder.PathOf(storage, name);
        File.WriteAllBytes(path, TestPictures.Jpeg());
        File.SetLastWriteTimeUtc(path, TimeProvider.System.GetUtcNow().UtcDateTime - TimeSpan.FromHours(5));
    }
}
