using ImageBackend.Application.Abstractions;
using ImageBackend.Domain;
using MediatR;
using Microsoft.Extensions.Logging;

namespace ImageBackend.Application.Behaviours;

/// <summary>Logs each request's name and duration, and names its image in all lines that are logged meanwhile. Not its contents (streams, secrets), and no failure: it is logged where it is answered.</summary>
internal sealed class LoggingBehaviour<TRequest, TResponse>(ILogger<LoggingBehaviour<TRequest, TResponse>> logger, TimeProvider time)
    : IPipelineBehavior<TRequest, TResponse>
    where TRequest : IRequest<TResponse>
{
    public async Task<TResponse> Handle(TRequest request, CancellationToken cancellationToken, RequestHandlerDelegate<TResponse> next)
    {
        // Checked, since it goes into logs as it is.
        using IDisposable? scope = request is IOfImage { Image: { } image } && ImageKey.TryParse(image, out ImageKey? key) ? logger.BeginScope("{Key}", key) : null;
        long started = time.GetTimestamp();
        try
        {
            return await next();
        }
        finally
        {
            logger.LogDebug("{Request} took {Milliseconds:0} ms", typeof(TRequest).Name, time.GetElapsedTime(started).TotalMilliseconds);
        }
    }
}
