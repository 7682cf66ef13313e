using System.ComponentModel;
using Hangfire;

namespace ImageBackend.Infrastructure.Fleet.Hangfire;

/// <summary>Images as Hangfire stores them: by these names.</summary>
public sealed class ImagesJob(Func<string, Task> work)
{
    /// <param name="cancellationToken">Cancelled when the worker ends, or the job was deleted.</param>
    /// <exception cref="OperationCanceledException">The rest is given back.</exception>
    [AutomaticRetry(Attempts = 0)]
    [DisplayName("WebP and AVIF of {0}")]
    public Task RunAsync(string[] keys, CancellationToken cancellationToken) => Task.Run(
        async () =>
        {
            foreach (string key in keys)
            {
                cancellationToken.ThrowIfCancellationRequested();
                await work(key);
            }
        },
        CancellationToken.None); // its own synchronization context has one thread
}
