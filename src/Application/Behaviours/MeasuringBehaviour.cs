using System.Diagnostics;
using System.Diagnostics.Metrics;
using ImageBackend.Application.Abstractions;
using ImageBackend.Application.Measuring;
using MediatR;

namespace ImageBackend.Application.Behaviours;

/// <summary>Gives each request a span and a measurement.</summary>
internal sealed class MeasuringBehaviour<TRequest, TResponse> : IPipelineBehavior<TRequest, TResponse>
    where TRequest : IRequest<TResponse>
{
    public Task<TResponse> Handle(TRequest request, CancellationToken cancellationToken, RequestHandlerDelegate<TResponse> next) => Measured.RunAsync(
        typeof(TRequest).Name,
        Requests.Time,
        new TagList { { "request", typeof(TRequest).Name } },
        () => next(),
        facts: new KeyValuePair<string, object?>("image.key", (request as IOfImage)?.Image));
}

/// <summary>One for all kinds of requests.</summary>
internal static class Requests
{
    public static Histogram<double> Time { get; } = Telemetry.Meter.CreateHistogram(
        "images.request.duration", "s", "Time of requests to the application, by kind and outcome.", advice: Telemetry.Seconds);
}
