using System.Net;
using System.Net.Http.Headers;
using System.Text;
using ImageBackend.Application.Abstractions;
using ImageBackend.Domain;
using Polly;
using Polly.Retry;

namespace ImageBackend.Infrastructure.V5;

/// <summary>The old site's files, over HTTP.</summary>
/// <param name="address">
/// Address of their folder; ends with a slash. Its host and those of <paramref name="redirectHosts"/> are trusted; no other is ever
/// contacted.
/// </param>
/// <param name="login">Sent only to that address's scheme, host and port.</param>
internal sealed class HttpOriginals(Uri address, NetworkCredential? login, IReadOnlyList<string> redirectHosts, FetchPatience patience)
    : IV5Originals, IDisposable
{
    private const int MaxRedirects = 5;

    private readonly HttpClient _client = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false, // each one is checked first
        UseCookies = false,
        ConnectTimeout = patience.Stall,
        PooledConnectionLifetime = TimeSpan.FromMinutes(5), // a name may move to another address while a batch runs
    })
    {
        Timeout = Timeout.InfiniteTimeSpan, // each step has its own timeout
    };

    private readonly ResiliencePipeline _retries = patience.Tries == 1 ? ResiliencePipeline.Empty : new ResiliencePipelineBuilder()
        .AddRetry(new RetryStrategyOptions
        {
            ShouldHandle = new PredicateBuilder().Handle<FetchFault>(fault => fault.MayPass),
            MaxRetryAttempts = patience.Tries - 1,
            DelayGenerator = retry => ValueTask.FromResult<TimeSpan?>(patience.Pause * Math.Pow(4, retry.AttemptNumber)),
        })
        .Build();

    private int _failedInARow;

    public async Task<long> FetchAsync(ImageKey key, IWorkspace workspace, string fileName, long maxBytes, CancellationToken cancellationToken)
    {
        try
        {
            long bytes = await _retries.ExecuteAsync(async token => await TryAsync(key, workspace, fileName, maxBytes, token), cancellationToken);
            Volatile.Write(ref _failedInARow, 0);
            return bytes;
        }
        catch (FetchFault fault)
        {
            throw Failure(key, fault);
        }
    }

    public void Dispose() => _client.Dispose();

    // A server that yields no original several times in a row counts as down, whatever it answers. One that lacks a single original
    // does not.
    private Exception Failure(ImageKey key, FetchFault fault)
    {
        int failed = 0;
        if (fault.IsServers)
        {
            failed = Interlocked.Increment(ref _failedInARow);
        }
        else
        {
            Volatile.Write(ref _failedInARow, 0);
        }

        return fault.IsUnreachable || failed >= patience.FailuresInARow
            ? new MigrationFaultException($"The server of originals, {address.Authority}, gives none: {fault.Message}.", fault.InnerException)
            : new OriginalUnavailableException(key, fault.Message, fault.InnerException);
    }

    private async Task<long> TryAsync(ImageKey key, IWorkspace workspace, string fileName, long maxBytes, CancellationToken cancellationToken)
    {
        using CancellationTokenSource patienceEnds = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using CancellationTokenSource all = new(patience.Whole);
        await using CancellationTokenRegistration ending = all.Token.Register(patienceEnds.Cancel);
        try
        {
            patienceEnds.CancelAfter(patience.Stall);
            using HttpResponseMessage response = await SendAsync(new Uri(address, key.ToString()), patienceEnds.Token);
            if (response.Content.Headers.ContentLength > maxBytes)
            {
                return response.Content.Headers.ContentLength.Value;
            }

            await using Stream body = await response.Content.ReadAsStreamAsync(patienceEnds.Token);
            await using StallingStream content = new(body, patienceEnds, patience.Stall);
            return await workspace.ReceiveAsync(fileName, content, maxBytes, cancellationToken);
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            string reason = all.IsCancellationRequested
                ? $"it was not there after {patience.Whole.TotalSeconds} s"
                : $"nothing came for {patience.Stall.TotalSeconds} s";
            throw new FetchFault(reason, exception) { MayPass = true, IsServers = true };
        }
        catch (HttpRequestException exception)
        {
            bool isUnreachable = exception.HttpRequestError
                is HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError or HttpRequestError.ProxyTunnelError;
            string reason = isUnreachable ? $"the server can't be reached ({exception.HttpRequestError})" : "the connection broke off";
            throw new FetchFault(reason, exception) { MayPass = true, IsServers = true, IsUnreachable = isUnreachable };
        }
        catch (IOException exception)
        {
            throw new FetchFault("the connection broke off before its end", exception) { MayPass = true, IsServers = true };
        }
    }

    private async Task<HttpResponseMessage> SendAsync(Uri at, CancellationToken cancellationToken)
    {
        for (int redirects = 0; redirects <= MaxRedirects; redirects++)
        {
            using HttpRequestMessage request = new(HttpMethod.Get, at);
            request.Headers.Authorization = IsOfSameOrigin(at) ? Authorization() : null;
            HttpResponseMessage response = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            if (response.StatusCode == HttpStatusCode.OK)
            {
                return response;
            }

            using (response)
            {
                at = response.Headers.Location is { } location && (int)response.StatusCode is 301 or 302 or 303 or 307 or 308
                    ? Allowed(new Uri(at, location))
                    : throw Refused(response.StatusCode);
            }
        }

        throw new FetchFault($"the server redirects more than {MaxRedirects} times");
    }

    // Whoever can make the server redirect must not make us request what only this machine can reach.
    private Uri Allowed(Uri target) =>
        target.Scheme is "http" or "https" && (target.Host == address.Host || redirectHosts.Contains(target.Host, StringComparer.OrdinalIgnoreCase))
            ? target
            : throw new FetchFault($"the server redirects to {target.Scheme}://{target.Host}, and V5_REDIRECT_HOSTS does not name that host");

    // Another port is another program, and without TLS anybody on the way could read it.
    private bool IsOfSameOrigin(Uri target) => (target.Scheme, target.Host, target.Port) == (address.Scheme, address.Host, address.Port);

    private static FetchFault Refused(HttpStatusCode status) => new($"the server answers {(int)status}")
    {
        MayPass = (int)status is 408 or 429 or 500 or 502 or 503 or 504,
        IsServers = status is not (HttpStatusCode.NotFound or HttpStatusCode.Gone),
    };

    private AuthenticationHeaderValue? Authorization() => login is null
        ? null
        : new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{login.UserName}:{login.Password}")));

    /// <summary>Why one attempt yielded no original.</summary>
    private sealed class FetchFault(string reason, Exception? inner = null) : Exception(reason, inner)
    {
        /// <summary>Whether another attempt is worthwhile.</summary>
        public bool MayPass { get; init; }

        /// <summary>Whether the server may be at fault, rather than this original.</summary>
        public bool IsServers { get; init; }

        public bool IsUnreachable { get; init; }
    }
}

/// <summary>How long to wait for originals.</summary>
/// <param name="Pause">Before the second try; each further pause is four times as long.</param>
/// <param name="Stall">The longest time without a byte.</param>
/// <param name="Whole">The longest time for one try.</param>
/// <param name="FailuresInARow">
/// The server counts as down after this many consecutive originals failed in a way that may be its fault.
/// </param>
internal sealed record FetchPatience(int Tries, TimeSpan Pause, TimeSpan Stall, TimeSpan Whole, int FailuresInARow)
{
    public static readonly FetchPatience Default = new(
        Tries: 3, Pause: TimeSpan.FromSeconds(1), Stall: TimeSpan.FromSeconds(30), Whole: TimeSpan.FromMinutes(10), FailuresInARow: 50);
}
