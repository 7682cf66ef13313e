using ImageBackend.Testing;

namespace ImageBackend.Studio.Tests;

/// <summary>A site for each test; at its end the browser must have had nothing to complain about.</summary>
[Collection(StudioCollection.Name)]
public abstract class StudioTests(Chromium chromium, S3Server server) : IAsyncLifetime
{
    private StudioSite? _site;

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        if (_site is null)
        {
            return;
        }

        await using (_site)
        {
            await _site.ShouldBeContentAsync();
        }
    }

    private protected async Task<StudioSite> StartAsync(string storage = StudioSite.Folders, View? view = null, params (string Name, string Value)[] variables) =>
        _site = await StudioSite.StartAsync(chromium, server, storage, view, variables);
}
