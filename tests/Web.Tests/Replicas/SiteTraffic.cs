using System.Collections.Concurrent;

namespace ImageBackend.Web.Tests.Replicas;

/// <summary>Clients that upload, publish and sometimes delete one image after another, until they are told to end.</summary>
internal sealed class SiteTraffic : IAsyncDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    private readonly CancellationTokenSource _end = new();
    private readonly ConcurrentQueue<string> _published = new();
    private readonly ConcurrentQueue<string> _deleted = new();
    private readonly ConcurrentQueue<string> _wrong = new();
    private readonly HttpClient _client;
    private readonly byte[] _photo;
    private readonly Task _work;

    private SiteTraffic(HttpClient client, byte[] photo, int clients)
    {
        (_client, _photo) = (client, photo);
        _work = Task.WhenAll(Enumerable.Range(0, clients).Select(_ => SendOneAfterAnotherAsync()));
    }

    /// <summary>What was published and stays.</summary>
    public IReadOnlyCollection<string> Published => _published;

    public IReadOnlyCollection<string> Deleted => _deleted;

    /// <summary>Answers other than 200.</summary>
    public IReadOnlyCollection<string> Wrong => _wrong;

    public static SiteTraffic Begin(HttpClient client, byte[] photo, int clients) => new(client, photo, clients);

    /// <summary>Waits for the answers that are under way.</summary>
    public async Task EndAsync()
    {
        await _end.CancelAsync();
        await _work;
    }

    public async ValueTask DisposeAsync()
    {
        await EndAsync();
        _end.Dispose();
    }

    private async Task SendOneAfterAnotherAsync()
    {
        for (int i = 1; !_end.IsCancellationRequested; i++)
        {
            try
            {
                string name = await _client.UploadAsync(_photo);
                await (await _client.PublishAsync(name)).ShouldBeJsonAsync(200);
                if (i % 4 == 0)
                {
                    await (await _client.DeleteImageAsync(name)).ShouldBeJsonAsync(200);
                }

                (i % 4 == 0 ? _deleted : _published).Enqueue(name);
            }
            catch (Exception fault) // each is told, and none ends the others
            {
                _wrong.Enqueue(fault.Message);
            }

            await Task.Delay(Pause);
        }
    }
}
