using System.Diagnostics;
using ImageBackend.Application.Abstractions;
using ImageBackend.Application.Measuring;
using MediatR;

namespace ImageBackend.Application.Behaviours;

/// <summary>Gives each request a span and a measurement.</summary>
internal sealed class MeasuringBehaviour<TRequest, TResponse>(TimeProvider time) : IPipelineBehavior<TRequest, TResponse>
    where TRequest : IRequest<TResponse>
{
    public async Task<TResponse> Handle(TRequest request, CancellationToken cancellationToken, RequestHandlerDelegate<TResponse> next)
    {
        using Activity? span = Telemetry.Spans.StartActivity(typeof(TRequest).Name);
        span?.SetTag("image.key", (request as IOfImage)?.Image);
        long began = time.GetTimestamp();
        string outcome = Outcome.Ok;
        try
        {
            return await next();
        }
        catch (Exception exception)
        {
            outcome = Outcome.Of(exception);
            span?.SetStatus(ActivityStatusCode.Error, outcome);
            throw;
        }
        finally
        {
            Measures.Request(typeof(TRequest).Name, time.GetElapsedTime(began), outcome);
        }
    }
}
